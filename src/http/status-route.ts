// `/`: whether the app is set up, and what to do where it is not.
import { Fault } from "../errors.ts";
import type { Route } from "./http.ts";

export interface StatusOptions {
  readonly isSetUp: boolean;
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

/** The route of the front page while there is no dashboard, as plain text: it must say what is missing. */
export function statusRoute({ isSetUp }: StatusOptions): Route {
  const text = isSetUp
    ? `Bifrost Modules is running. Webhooks arrive at /api/github/webhooks.

Nobody can sign in yet: set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET to what the GitHub App's settings page shows, and start
the server again. The app's callback URL must be this server's address followed by /login/callback.
`
    : `Bifrost Modules is running, and the GitHub App is not set up yet.

1. Run "bifrost app create --url URL" where you can open a browser, with the address at which browsers and GitHub reach this
   server. It creates the app on GitHub and writes what this server needs to a file.
2. Start the server again with the variables of that file.
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
