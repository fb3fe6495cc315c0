// Decides who asks and whether they may: the Authorization header, the reach of a token, its permissions.
import type { GitHubEmulator } from "./emulator.ts";
import type { Access, Caller } from "./exchange.ts";
import { allows } from "./permissions.ts";
import { notAccessible, notFound, Refusal } from "./refusal.ts";
import type { RegisteredApp } from "./registered-app.ts";
import type { Repository } from "./repository.ts";
import { appOfJwt } from "./tokens.ts";

function appOfClient(github: GitHubEmulator, basic: string): RegisteredApp {
  const [clientId, secret] = Buffer.from(basic, "base64").toString().split(":");
  const app = github.apps.find((one) => one.clientId === clientId && one.clientSecret === secret);
  if (app === undefined) throw new Refusal(401, "Bad credentials");
  return app;
}

/** Who sends a request, by its Authorization header. Refuses what claims to be someone and is not. */
export function callerOf(github: GitHubEmulator, authorization: string | undefined): Caller {
  if (authorization === undefined) return { kind: "anonymous" };
  const basic = /^basic +(\S+)$/i.exec(authorization)?.[1];
  if (basic !== undefined) return { kind: "client", app: appOfClient(github, basic) };
  const token = /^(?:bearer|token) +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new Refusal(401, "Bad credentials");
  if (token.startsWith("ghs_")) return { kind: "installation", grant: github.tokens.grantOf(token) };
  if (token.startsWith("ghu_")) return { kind: "user", grant: github.userTokens.grantOf(token) };
  if (token.split(".").length === 3) return { kind: "app", app: appOfJwt(token, github.apps) };
  throw new Refusal(401, "Bad credentials");
}

/**
 * Refuses a caller who may not use a route. Stricter than GitHub for public repositories, which anyone may read there:
 * here a token must reach them, so that no test passes on a repository that merely happens to be public.
 */
export function authorize(caller: Caller, access: Access, repository: Repository | undefined): void {
  if (access.as === "anyone") return;
  if (access.as === "app") {
    if (caller.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
    return;
  }
  if (caller.kind === "anonymous") throw new Refusal(401, "Requires authentication");
  if (access.as !== "installation") {
    if (caller.kind !== access.as) throw notAccessible();
    return;
  }
  if (caller.kind !== "installation") throw notAccessible();
  const { installation, permissions, repositoryIds } = caller.grant;
  if (installation.isSuspended) throw new Refusal(403, "This installation has been suspended");
  if (repository !== undefined) {
    const isInGrant = repositoryIds === undefined || repositoryIds.has(repository.id);
    if (!installation.reaches(repository) || !isInGrant) throw notFound();
  }
  // A token holds what it was given, cut to what the installation holds now.
  const [name, level] = access.permission ?? ["metadata", "read"];
  if (!allows(permissions, name, level) || !allows(installation.permissions, name, level)) throw notAccessible();
}
