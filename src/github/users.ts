// What the product asks of GitHub in the name of somebody who signed in, with that person's own token. Nothing here acts
// as the app.
import { z } from "zod";
import { Fault } from "../errors.ts";
import { answeredWith, read } from "./answer.ts";
import { connectWith, type Octokit, type RequestSettings } from "./connection.ts";
import { Refusal } from "./refusal.ts";
import { authorizeUrl, type ClientSettings, takeToken, type UserTokens } from "./user-tokens.ts";

/** A person on GitHub. Ids decide; a login may be given up and taken by somebody else. */
export interface UserFacts {
  readonly id: number;
  readonly login: string;
}

/** A repository that a user sees through the app, and whether they are an admin of it. */
export interface UserRepository {
  readonly id: number;
  readonly isAdmin: boolean;
}

/** Each method that takes a token throws `Fault` `user-token-refused` where GitHub does not take it any more. */
export interface GitHubUsers {
  /** Where a browser is sent so that its owner signs in. The challenge is PKCE's, of the method S256. */
  signInUrl(asked: { readonly state: string; readonly challenge: string; readonly redirectUri: string }): string;
  /** Takes the code that GitHub sent the browser back with. Throws `sign-in-refused` where it is no good. */
  signIn(given: {
    readonly code: string;
    readonly verifier: string;
    readonly redirectUri: string;
  }): Promise<UserTokens>;
  /** A new token in place of an old one; both of the old ones are of no use afterwards. */
  refresh(refreshToken: string): Promise<UserTokens>;
  /** Makes a token worthless. One that already is makes no difference. */
  revoke(token: string): Promise<void>;
  /** Whose token it is. */
  user(token: string): Promise<UserFacts>;
  /** Every repository that both the user and the app can read, complete. */
  repositories(token: string): Promise<UserRepository[]>;
}

/** Connects to GitHub for people. Nothing is sent before something is asked. */
export function connectGitHubUsers(settings: RequestSettings & ClientSettings): GitHubUsers {
  return {
    signInUrl: (asked) => authorizeUrl(settings, asked),
    signIn: ({ code, verifier, redirectUri }) =>
      takeToken(settings, { code, code_verifier: verifier, redirect_uri: redirectUri }),
    refresh: (refreshToken) => takeToken(settings, { grant_type: "refresh_token", refresh_token: refreshToken }),
    revoke: (token) => revoke(settings, token),
    user: (token) => asUser(settings, token, readUser),
    repositories: (token) => asUser(settings, token, listReadable),
  };
}

async function asUser<T>(settings: RequestSettings, token: string, ask: (octokit: Octokit) => Promise<T>): Promise<T> {
  try {
    return await ask(connectWith(settings, `bearer ${token}`));
  } catch (error) {
    if (!answeredWith(error, 401)) throw error;
    throw new Fault("user-token-refused", "GitHub does not take this sign-in any more", { cause: error });
  }
}

async function revoke(settings: RequestSettings & ClientSettings, token: string): Promise<void> {
  const { clientId, clientSecret } = settings;
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const octokit = connectWith(settings, `basic ${credentials}`);
  try {
    await octokit.rest.apps.deleteToken({ client_id: clientId, access_token: token });
  } catch (error) {
    if (!answeredWith(error, 404, 422)) throw error;
  }
}

const userAnswer = z.object({ id: z.int(), login: z.string() });

async function readUser(octokit: Octokit): Promise<UserFacts> {
  const { data } = await octokit.rest.users.getAuthenticated();
  return read("the user", userAnswer, data);
}

const installationAnswer = z.object({ id: z.int() });
const repositoryAnswer = z.object({ id: z.int(), permissions: z.object({ admin: z.boolean() }) });
// The most that GitHub gives at once.
const pageSize = 100;
// GitHub asks for few requests at a time, and an answer comes in tens of milliseconds.
const atOnceMax = 5;

async function listReadable(octokit: Octokit): Promise<UserRepository[]> {
  const found = await octokit.paginate(octokit.rest.apps.listInstallationsForAuthenticatedUser, { per_page: pageSize });
  const pending = read("the user's installations", z.array(installationAnswer), found).map(({ id }) => id);
  const readable: UserRepository[] = [];
  const worker = async () => {
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      readable.push(...(await listOfInstallation(octokit, id)));
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, worker));
  return readable;
}

async function listOfInstallation(octokit: Octokit, installationId: number): Promise<UserRepository[]> {
  try {
    const found = await octokit.paginate(octokit.rest.apps.listInstallationReposForAuthenticatedUser, {
      installation_id: installationId,
      per_page: pageSize,
    });
    return read(`installation ${installationId}`, z.array(repositoryAnswer), found).map(({ id, permissions }) => ({
      id,
      isAdmin: permissions.admin,
    }));
  } catch (error) {
    // Suspended, gone since it was listed, or behind a sign-in of its organisation: nothing of it can be read now. A limit
    // or an outage is no such word, and ends the whole question.
    if (error instanceof Refusal && error.code !== "github-limited" && [403, 404].includes(error.httpStatus)) return [];
    throw error;
  }
}
