// A user token lasts eight hours; a sign-in lasts as long as its refresh token. Each refresh token is good once, so of all
// requests that come with the same session, to whichever process, one renews it and the others are given what came of it.
import { setTimeout } from "node:timers/promises";
import { Fault } from "../../errors.ts";
import type { UserTokens } from "../../github/user-tokens.ts";
import type { GitHubUsers } from "../../github/users.ts";
import type { Store } from "../../store/store.ts";
import { type Session, type Sessions, tokenDigest } from "./session.ts";

export interface Renewal {
  /**
   * The session with a new token; the same session where GitHub does not answer and the token is still good; `undefined`
   * where the sign-in is over. Throws `Fault` where it cannot be told.
   */
  of(session: Session): Promise<Session | undefined>;
  /**
   * Ends a sign-in for good: whoever kept one of its cookies, older or newer than this one, cannot renew it. Gives this
   * session and those that came of it, as far as they are known: their tokens are good until they are revoked.
   */
  end(session: Session): Promise<readonly Session[]>;
}

/** How long somebody stays signed in whose token does not end by itself. */
const lastingSeconds = 30 * 86_400;
// Early enough that no request is under way with a token that ends, and that clocks need not agree.
const reserveSeconds = 300;
// Longer than GitHub may take to answer.
const claimMs = 15_000;
const pauseMs = 100;
// Whoever comes with the old session comes within moments; a laptop that was asleep may come the next day.
const keptMs = 7 * 86_400_000;
// A refresh token is good for 184 days from the renewal that brought it, and none is younger than the sign-out.
const endedMs = 200 * 86_400_000;
// A sign-in is renewed every eight hours, and what came of it is known for a week.
const renewalsMax = 100;

/** Whether a session's token must be renewed before it is used. */
export function isAboutToEnd({ tokenExpiresAt }: Session, now: Date): boolean {
  return tokenExpiresAt !== null && tokenExpiresAt - now.getTime() / 1000 < reserveSeconds;
}

/** A session of these tokens. */
export function sessionOf(
  tokens: UserTokens,
  { id, userId, login }: Pick<Session, "id" | "userId" | "login">,
): Session {
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  return {
    id,
    userId,
    login,
    token: tokens.token,
    tokenExpiresAt: tokens.expiresAt && seconds(tokens.expiresAt),
    refreshToken: tokens.refreshToken,
    endsAt: seconds(tokens.refreshExpiresAt ?? new Date(Date.now() + lastingSeconds * 1000)),
  };
}

interface RenewalParts {
  readonly store: Pick<Store, "claimRenewal" | "saveRenewal" | "endRenewals">;
  readonly users: Pick<GitHubUsers, "refresh">;
  readonly sessions: Sessions;
}

/** Makes what renews sessions. */
export function createRenewal({ store, users, sessions }: RenewalParts): Renewal {
  const underWay = new Map<string, Promise<Session | undefined>>();

  const renew = async (session: Session, refreshToken: string, digest: string): Promise<Session | undefined> => {
    const deadline = Date.now() + claimMs;
    if (await isEnded(session)) return undefined;
    for (;;) {
      const claim = await store.claimRenewal(digest, {
        until: new Date(Date.now() + claimMs),
        keepUntil: new Date(Date.now() + keptMs),
      });
      if (claim.kind === "ended") return undefined;
      if (claim.kind === "renewed") return await sessions.open(claim.successor);
      if (claim.kind === "claimed") return await use(session, refreshToken, digest);
      if (Date.now() > deadline)
        throw new Fault("server-busy", "Another process has not finished renewing this sign-in");
      await setTimeout(pauseMs);
    }
  };

  /** Whether the sign-in was ended from another of its cookies. */
  const isEnded = async ({ id }: Session): Promise<boolean> => {
    // A claim that is over as it is made: nobody waits for it.
    const now = new Date();
    return (await store.claimRenewal(signInDigest(id), { until: now, keepUntil: now })).kind === "ended";
  };

  const use = async (session: Session, refreshToken: string, digest: string): Promise<Session | undefined> => {
    try {
      const next = sessionOf(await users.refresh(refreshToken), session);
      const isHeld = await store.saveRenewal(digest, await sessions.seal(next));
      // Its owner signed out while GitHub was asked.
      return isHeld && !(await isEnded(session)) ? next : undefined;
    } catch (error) {
      await store.saveRenewal(digest, null).catch(() => false);
      if (error instanceof Fault && error.code === "user-token-refused") return undefined;
      const isGood = session.tokenExpiresAt !== null && session.tokenExpiresAt > Date.now() / 1000;
      if (isGood && error instanceof Fault && error.row.retry === "later") return session;
      throw error;
    }
  };

  return {
    async of(session) {
      // Nothing to renew it with: it ends with its token.
      if (session.refreshToken === null) return undefined;
      const digest = tokenDigest(session.refreshToken);
      const already = underWay.get(digest);
      if (already !== undefined) return await already;
      const renewed = renew(session, session.refreshToken, digest).finally(() => underWay.delete(digest));
      underWay.set(digest, renewed);
      return await renewed;
    },
    async end(session) {
      await store.endRenewals(signInDigest(session.id), new Date(Date.now() + endedMs));
      const ended: Session[] = [];
      for (let last: Session | undefined = session; last !== undefined && ended.length < renewalsMax; ) {
        ended.push(last);
        last = await endOne(last);
      }
      return ended;
    },
  };

  /** Ends what one refresh token can bring, and gives the session that it brought before. */
  async function endOne({ refreshToken, endsAt }: Session): Promise<Session | undefined> {
    if (refreshToken === null) return undefined;
    const digest = tokenDigest(refreshToken);
    const keepUntil = new Date(endsAt * 1000);
    const claim = await store.claimRenewal(digest, { until: new Date(), keepUntil });
    await store.endRenewals(digest, keepUntil);
    return claim.kind === "renewed" ? await sessions.open(claim.successor) : undefined;
  }
}

/** What a sign-in is known by, whichever of its cookies is at hand. Nobody's refresh token has such a digest. */
function signInDigest(id: string): string {
  return tokenDigest(`sign-in ${id}`);
}
