// `/`: whether the app is set up, and what to do where it is not.
import { Fault } from "../errors.ts";
import type { Route } from "./http.ts";

export interface StatusOptions {
  readonly isSetUp: boolean;
  /** The root of GitHub's pages. */
  readonly githubUrl: string;
}

/** What answers deliveries while nothing could verify them. GitHub shows the text beside the failed delivery. */
export function notSetUpRoute(path: string): Route {
  return {
    method: "POST",
    path,
    handler: async () => {
      throw new Fault("not-set-up", "The GitHub App is not set up on this server yet");
    },
  };
}

/** The route of the front page, as plain text: it must say what is missing before anything else works. */
export function statusRoute({ isSetUp, githubUrl }: StatusOptions): Route {
  const text = isSetUp
    ? "Bifrost Modules is running. Webhooks arrive at /api/github/webhooks.\n"
    : `Bifrost Modules is running, and the GitHub App is not set up yet.

1. Create a GitHub App at ${githubUrl}/settings/apps/new with the permissions and events that app.yml lists.
   Its webhook URL is this server's address followed by /api/github/webhooks; its webhook secret is a long random text.
2. Set APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET to what the app's settings page shows, and start the server again.
3. Install the app on the repositories that hold modules.
`;
  return {
    method: "GET",
    path: "/",
    handler: async () => ({
      status: isSetUp ? 200 : 503,
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: text,
    }),
  };
}
