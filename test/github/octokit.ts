// Octokit as Probot brings it, pointed at the emulator. It neither retries nor throttles: tests see the first answer.
import { createAppAuth } from "@octokit/auth-app";
import { ProbotOctokit } from "probot";
import type { Installation } from "./installation.ts";
import type { RegisteredApp } from "./registered-app.ts";

const immediate = { throttle: { enabled: false }, retry: { enabled: false } };

/** Octokit as the app itself. */
export function octokitOfApp(app: RegisteredApp) {
  const auth = { appId: app.id, privateKey: app.privateKey };
  return new ProbotOctokit({ baseUrl: app.github.apiUrl, authStrategy: createAppAuth, auth, ...immediate });
}

/** Octokit as an installation. */
export function octokitOf({ app, id }: Installation) {
  const auth = { appId: app.id, privateKey: app.privateKey, installationId: id };
  return new ProbotOctokit({ baseUrl: app.github.apiUrl, authStrategy: createAppAuth, auth, ...immediate });
}

/** Octokit with a token of an installation that is narrowed to some repositories, or to some permissions. */
export async function narrowedOctokitOf(
  { app, id }: Installation,
  narrowing: { repositoryIds?: number[]; permissions?: Record<string, string> },
) {
  const auth = createAppAuth({ appId: app.id, privateKey: app.privateKey, request: octokitOfApp(app).request });
  const { token } = await auth({ type: "installation", installationId: id, ...narrowing });
  return octokitWith(app.github.apiUrl, token);
}

/** Octokit with a token of any kind. */
export function octokitWith(apiUrl: string, token: string) {
  return new ProbotOctokit({ baseUrl: apiUrl, auth: { token }, ...immediate });
}

/** Waits for a request to be refused and gives the status and the message. */
export async function refusalOf(request: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof Error && "status" in error) return { status: Number(error.status), message: error.message };
    throw error;
  }
  throw new Error("The request was not refused");
}
