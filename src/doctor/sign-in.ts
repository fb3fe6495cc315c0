// Whether people can sign in: the client's id and secret, and where GitHub leads them back to.
import type { AppFacts, WebhookFacts } from "../github/app.ts";
import { callbackPath, webhookPath } from "../workspace/app-needs.ts";
import { type Finding, judged, type Result } from "./examination.ts";

/** What is set for signing in. */
export interface SignInFacts {
  readonly clientId: string;
  /** Where browsers reach the deployment, as it takes it. */
  readonly baseUrl: string;
  /** Whether that was said, and not made of the address that the server listens on. */
  readonly isBaseUrlSet: boolean;
}

/** Judges them. `provesClient` says whether GitHub takes id and secret together. */
export async function judgeSignIn(
  facts: SignInFacts,
  app: Pick<AppFacts, "clientId">,
  webhook: Pick<WebhookFacts, "url">,
  provesClient: () => Promise<boolean>,
): Promise<Result> {
  const why = "Nobody can sign in to the dashboard";
  const findings: Finding[] = [];
  if (app.clientId !== undefined && app.clientId !== facts.clientId) {
    findings.push({
      what: `GITHUB_CLIENT_ID is of another app: this one's is ${app.clientId}`,
      why,
      remedy: "Set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET to those on the app's settings page",
    });
  } else if (!(await provesClient())) {
    findings.push({
      what: "GitHub does not take GITHUB_CLIENT_SECRET for this app's client",
      why,
      remedy: "Generate a new client secret on the app's settings page, and set GITHUB_CLIENT_SECRET to it",
    });
  }
  const callbackUrl = `${facts.baseUrl}${callbackPath}`;
  if (!facts.isBaseUrlSet && isPublicAddress(webhook.url)) {
    findings.push({
      what: `BIFROST_URL is not set, and GitHub is told to lead people back to ${callbackUrl}`,
      why: "GitHub refuses an address that the app does not name, and nobody elsewhere reaches that one",
      remedy: `Set BIFROST_URL to the server's public address, most likely ${URL.parse(webhook.url ?? "")?.origin}`,
    });
  }
  // GitHub tells nobody which addresses an app names, and a wrong one only the person who signs in.
  return judged(findings, {
    ok: `Id and secret are the app's; its settings must name ${callbackUrl} as a callback URL`,
    wrong: "Does not work",
  });
}

/** Whether webhooks come straight to a server that is not this machine alone; a forwarder has a path of its own. */
function isPublicAddress(webhookUrl: string | undefined): boolean {
  const url = URL.parse(webhookUrl ?? "");
  if (url === null || url.pathname !== webhookPath) return false;
  return !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}
