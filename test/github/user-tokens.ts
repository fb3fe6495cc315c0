// What people give an app by signing in: codes, user tokens that end after eight hours, and the refresh tokens that are good
// for the next one, once.
import { createHash, randomBytes } from "node:crypto";
import type { Account } from "./account.ts";
import { Refusal } from "./refusal.ts";
import type { RegisteredApp } from "./registered-app.ts";

/** What somebody let an app do in their name. */
export interface UserGrant {
  readonly token: string;
  readonly refreshToken: string;
  readonly app: RegisteredApp;
  readonly user: Account;
  expiresAt: Date;
  refreshExpiresAt: Date;
}

interface Code {
  readonly app: RegisteredApp;
  readonly user: Account;
  readonly redirectUri: string;
  /** The S256 challenge, where the request for the code had one. */
  readonly challenge: string | undefined;
  readonly expiresAt: Date;
}

/** Why GitHub gives no token, by its names for the reasons. */
export class TokenRefused extends Error {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

const codeLifetimeMs = 10 * 60_000;
const tokenLifetimeMs = 8 * 3_600_000;
const refreshLifetimeMs = 15_897_600_000;

export class UserTokens {
  readonly #codes = new Map<string, Code>();
  readonly #grants = new Set<UserGrant>();

  /** A code for the app that a person lets in. */
  authorize(app: RegisteredApp, user: Account, redirectUri: string, challenge: string | undefined): string {
    const code = randomBytes(10).toString("hex");
    this.#codes.set(code, { app, user, redirectUri, challenge, expiresAt: new Date(Date.now() + codeLifetimeMs) });
    return code;
  }

  /** Takes a code for a token, once. */
  exchange(app: RegisteredApp, code: string, verifier: string | undefined, redirectUri: string | undefined): UserGrant {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (found === undefined || found.app !== app || found.expiresAt < new Date()) {
      throw new TokenRefused("bad_verification_code", "The code passed is incorrect or expired.");
    }
    if (redirectUri !== undefined && redirectUri !== found.redirectUri) {
      throw new TokenRefused("redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL.");
    }
    const proven = createHash("sha256")
      .update(verifier ?? "")
      .digest("base64url");
    if (found.challenge !== undefined && proven !== found.challenge) {
      throw new TokenRefused("bad_verification_code", "The code passed is incorrect or expired.");
    }
    return this.issue(app, found.user);
  }

  /** A new token in place of an old one; the old one and its refresh token are of no use from then on. */
  refresh(app: RegisteredApp, refreshToken: string): UserGrant {
    const old = [...this.#grants].find((grant) => grant.refreshToken === refreshToken);
    if (old === undefined || old.app !== app || old.refreshExpiresAt < new Date()) {
      throw new TokenRefused("bad_refresh_token", "The refresh token passed is incorrect or expired.");
    }
    this.#grants.delete(old);
    return this.issue(app, old.user);
  }

  /** A token for somebody who has let the app in. */
  issue(app: RegisteredApp, user: Account): UserGrant {
    const grant = {
      token: `ghu_${randomBytes(18).toString("hex")}`,
      refreshToken: `ghr_${randomBytes(38).toString("hex")}`,
      app,
      user,
      expiresAt: new Date(Date.now() + tokenLifetimeMs),
      refreshExpiresAt: new Date(Date.now() + refreshLifetimeMs),
    };
    this.#grants.add(grant);
    return grant;
  }

  /** Whom a token stands for; refuses unknown and expired ones. */
  grantOf(token: string): UserGrant {
    const grant = this.find(token);
    if (grant === undefined || grant.expiresAt <= new Date()) throw new Refusal(401, "Bad credentials");
    return grant;
  }

  find(token: string): UserGrant | undefined {
    return [...this.#grants].find((grant) => grant.token === token);
  }

  /** Every token that is out. */
  get grants(): readonly UserGrant[] {
    return [...this.#grants];
  }

  revoke(grant: UserGrant): void {
    this.#grants.delete(grant);
  }

  /** Lets nothing that a person gave an app be of use any more. */
  revokeAll(app: RegisteredApp, user: Account): void {
    for (const grant of this.#grants) if (grant.app === app && grant.user === user) this.#grants.delete(grant);
  }
}
