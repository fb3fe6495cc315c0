// Installation tokens in GitHub's long stateless format, and the signatures apps identify themselves with. It decides
// who a caller is, not what they may do.
import { createHmac, randomBytes, verify } from "node:crypto";
import type { Installation } from "./installation.ts";
import type { Permissions } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import type { RegisteredApp } from "./registered-app.ts";
import type { Repository } from "./repository.ts";
import { isJsonObject, type JsonObject } from "./schema.ts";

/** What a token allows. */
export interface TokenGrant {
  readonly token: string;
  readonly installation: Installation;
  readonly permissions: Permissions;
  /** Ids of the repositories it is narrowed to, or undefined for all that the installation reaches. */
  readonly repositoryIds: ReadonlySet<number> | undefined;
  expiresAt: Date;
}

const tokenLifetimeMs = 3_600_000;
const jwtLifetimeSecondsMax = 600;
// Clocks are never quite together; GitHub forgives about a minute.
const clockSkewSeconds = 60;

export class Tokens {
  readonly #secret = randomBytes(32);
  readonly #grants = new Map<string, TokenGrant>();

  /** Makes a token for an installation, as narrow as asked. */
  issue(installation: Installation, permissions: Permissions, repositories: readonly Repository[] | undefined) {
    const expiresAt = new Date(Date.now() + tokenLifetimeMs);
    const grant: TokenGrant = {
      token: this.#write(installation, expiresAt),
      installation,
      permissions,
      repositoryIds: repositories && new Set(repositories.map((repository) => repository.id)),
      expiresAt,
    };
    this.#grants.set(grant.token, grant);
    return grant;
  }

  /** The grant behind a token; refuses unknown and expired ones. */
  grantOf(token: string): TokenGrant {
    const grant = this.#grants.get(token);
    if (grant === undefined || grant.expiresAt.getTime() <= Date.now() || grant.installation.isDeleted) {
      throw new Refusal(401, "Bad credentials");
    }
    return grant;
  }

  /** Lets every token that is out expire at once, as if its hour were over. */
  expireAll(): void {
    for (const grant of this.#grants.values()) grant.expiresAt = new Date(0);
  }

  #write(installation: Installation, expiresAt: Date): string {
    const claims = {
      iss: "github",
      sub: String(installation.id),
      exp: Math.floor(expiresAt.getTime() / 1000),
      // Padding, so that the whole comes to about 520 characters, the length of GitHub's own.
      jti: randomBytes(204).toString("base64url"),
    };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
    const signature = createHmac("sha256", this.#secret).update(signed).digest("base64url");
    return `ghs_${installation.app.id}_${signed}.${signature}`;
  }
}

/** The app that a JSON Web Token identifies; refuses what is not signed with its key or not valid now. */
export function appOfJwt(token: string, apps: Iterable<RegisteredApp>): RegisteredApp {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const content = parsed(claims);
  const head = parsed(header);
  if (content === undefined || head?.alg !== "RS256") throw undecodable();
  const issuer = String(content.iss);
  const app = [...apps].find((candidate) => String(candidate.id) === issuer || candidate.clientId === issuer);
  if (app === undefined) throw new Refusal(404, "Integration not found");
  const isGenuine = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${claims}`),
    app.publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isGenuine) throw undecodable();
  const now = Math.floor(Date.now() / 1000);
  const { exp, iat } = content;
  if (typeof iat !== "number" || iat > now + clockSkewSeconds) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (typeof exp !== "number" || exp <= now - clockSkewSeconds) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + jwtLifetimeSecondsMax + clockSkewSeconds) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  return app;
}

function parsed(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function undecodable(): Refusal {
  return new Refusal(401, "A JSON web token could not be decoded");
}
