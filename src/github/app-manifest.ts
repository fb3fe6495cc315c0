// Takes the code that GitHub's manifest flow ends with for the app that it made. Nobody is signed in for that: the code is
// the proof, once, for an hour.
import { z } from "zod";
import { Fault } from "../errors.ts";
import { answeredWith, read } from "./answer.ts";
import { connectAnonymously, type RequestSettings } from "./connection.ts";

/** An app that was just made, with the secrets that GitHub shows once. */
export interface NewApp {
  readonly id: number;
  readonly slug: string;
  /** The address of its page on GitHub. */
  readonly pageUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookSecret: string;
  /** PEM. */
  readonly privateKey: string;
}

export interface AppManifests {
  /** Throws `Fault` `sign-in-refused` where the code is no good any more. */
  convert(code: string): Promise<NewApp>;
}

const appAnswer = z.object({
  id: z.int(),
  slug: z.string(),
  html_url: z.url(),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  webhook_secret: z.string().min(1),
  pem: z.string().startsWith("-----BEGIN"),
});

/** Connects to GitHub for it. */
export function connectAppManifests(settings: RequestSettings): AppManifests {
  return {
    async convert(code) {
      const octokit = connectAnonymously(settings);
      try {
        const { data } = await octokit.rest.apps.createFromManifest({ code });
        const app = read("the new app", appAnswer, data);
        return {
          id: app.id,
          slug: app.slug,
          pageUrl: app.html_url,
          clientId: app.client_id,
          clientSecret: app.client_secret,
          webhookSecret: app.webhook_secret,
          privateKey: app.pem,
        };
      } catch (error) {
        // No message and no cause that may hold the address: the code in it is worth the app's secrets.
        if (!answeredWith(error, 404, 422)) {
          throw error instanceof Fault ? new Fault(error.code, error.message.replaceAll(code, "[code]")) : error;
        }
        throw new Fault("sign-in-refused", "GitHub does not take the code of the new app", {
          remedy: "Run the command again; an app that was made meanwhile can be deleted on its settings page",
        });
      }
    },
  };
}
