// What GitHub says of whoever has signed in, asked with their own token and remembered for less than a minute. One
// question at a time for each of them, however many requests wait for it.
import type { GitHubUsers } from "../../github/users.ts";
import { createRecent } from "../../recent.ts";
import { tokenDigest } from "./session.ts";
import type { ViewerFacts } from "./viewer.ts";

export interface Evidence {
  /**
   * What GitHub says of a token's owner, or said less than a minute ago. Throws `Fault` `user-token-refused` where the
   * token is not good any more, and those of GitHub's outages: nobody is taken at their old word.
   */
  of(token: string): Promise<ViewerFacts>;
  /** Forgets what is known by a token, such as when its owner signs out. */
  forget(token: string): void;
}

// A page that is asked for between the two gets the old answer at once, and the next one a new one.
const freshMs = 30_000;
const validMs = 55_000;
// A viewer of 1,000 repositories weighs 1,000; the whole memory some tens of megabytes at most.
const rememberedMax = 200_000;

interface Known {
  readonly facts: ViewerFacts;
  /** When GitHub was asked, by the monotonic clock. */
  readonly askedAt: number;
}

export interface EvidenceOptions {
  readonly users: GitHubUsers;
  readonly operators: readonly string[];
  /** Milliseconds that only ever rise. Default: the process's own clock. */
  readonly clock?: () => number;
}

/** Makes the memory. Each process asks for itself. */
export function createEvidence({ users, operators, clock = () => performance.now() }: EvidenceOptions): Evidence {
  const known = createRecent<string, Known | undefined>(
    rememberedMax,
    (one) => 1 + (one?.facts.repositories.size ?? 0),
  );
  const underWay = new Map<string, Promise<ViewerFacts>>();

  const ask = (token: string, digest: string): Promise<ViewerFacts> => {
    const already = underWay.get(digest);
    if (already !== undefined) return already;
    const askedAt = clock();
    const asked = askGitHub(users, operators, token).then(
      (facts) => {
        // Forgotten meanwhile: whoever signed out is not remembered again.
        if (underWay.get(digest) === asked) known.set(digest, { facts, askedAt });
        return facts;
      },
      (error: unknown) => {
        known.set(digest, undefined);
        throw error;
      },
    );
    underWay.set(digest, asked);
    const done = () => {
      if (underWay.get(digest) === asked) underWay.delete(digest);
    };
    asked.then(done, done);
    return asked;
  };

  return {
    async of(token) {
      const digest = tokenDigest(token);
      const found = known.get(digest);
      const age = found === undefined ? Number.POSITIVE_INFINITY : clock() - found.askedAt;
      if (found === undefined || age > validMs) return await ask(token, digest);
      // Whoever asks next is told what comes of it, also that it failed.
      if (age > freshMs) ask(token, digest).catch(() => {});
      return found.facts;
    },
    forget(token) {
      const digest = tokenDigest(token);
      underWay.delete(digest);
      known.set(digest, undefined);
    },
  };
}

async function askGitHub(users: GitHubUsers, operators: readonly string[], token: string): Promise<ViewerFacts> {
  const { id, login } = await users.user(token);
  const isOperator = operators.some((entry) => isNamed(entry, { id, login }));
  // Operators see everything anyway.
  const repositories = isOperator ? [] : await users.repositories(token);
  return {
    id,
    login,
    isOperator,
    repositories: new Map(repositories.map((one) => [one.id, one.isAdmin ? "admin" : "read"])),
  };
}

/** Whether an entry of the operators is this user. Digits are an id and never a login, though a login may be of digits alone. */
function isNamed(entry: string, { id, login }: { readonly id: number; readonly login: string }): boolean {
  return /^\d+$/.test(entry) ? entry === `${id}` : entry === login.toLowerCase();
}
