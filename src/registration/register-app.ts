// GitHub's manifest flow: a page of this machine sends the browser to GitHub with a manifest, GitHub makes the app and
// sends the browser back with a code, and the code is exchanged for the app's secrets, once.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { Fault } from "../errors.ts";
import type { AppManifests } from "../github/app-manifest.ts";
import type { HttpAnswer, HttpRequest, Route } from "../http/http.ts";
import type { HttpServer } from "../http/server.ts";
import { isLocal, manifestOf } from "./manifest.ts";
import { donePage, manifestPage, refusedPage } from "./pages.ts";
import { reserveSettingsFile } from "./settings-file.ts";

export interface RegistrationEdges {
  readonly manifests: AppManifests;
  /** Listens on this machine alone, on a port that the system chooses. */
  listen(routes: readonly Route[]): Promise<HttpServer>;
}

export interface RegistrationOptions {
  /** The text of app.yml. */
  readonly appYaml: string;
  readonly publicUrl: string;
  /** The root of GitHub's pages. */
  readonly githubServerUrl: string;
  /** The organisation that will own the app; undefined: whoever presses the button. */
  readonly organization?: string | undefined;
  readonly name?: string | undefined;
  /** Where the settings go. */
  readonly file: string;
  /** Settings that the file gets besides those of the app. */
  readonly more: Readonly<Record<string, string>>;
  /** Ends it before anything was made. */
  readonly signal: AbortSignal;
  /** Told where the browser has to go. */
  onReady(address: string): void;
}

export interface Registration {
  readonly slug: string;
  /** The app's page on GitHub. */
  readonly pageUrl: string;
  /** The file with the settings. */
  readonly path: string;
  /** False where GitHub could not reach the server's address. */
  readonly hasWebhook: boolean;
}

/**
 * Leads a person through it, and resolves when the settings are written. Throws `Fault` `wrong-use` where the file is there
 * already, and what GitHub refuses; nothing is left behind then.
 */
export async function registerApp(edges: RegistrationEdges, options: RegistrationOptions): Promise<Registration> {
  const file = await reserveSettingsFile(options.file);
  try {
    // Nobody who does not know the path gets an answer, on a machine that others use too.
    const path = `/${randomBytes(24).toString("base64url")}`;
    const state = randomBytes(24).toString("base64url");
    const done = Promise.withResolvers<Registration>();
    const abort = () => done.reject(options.signal.reason);
    options.signal.addEventListener("abort", abort, { once: true });
    const hasWebhook = !isLocal(options.publicUrl);
    let url = "";
    const routes: Route[] = [
      { method: "GET", path, handler: async () => showManifest(options, state, `${url}${path}/created`) },
      {
        method: "GET",
        path: `${path}/created`,
        handler: (request) =>
          finish(request, state, async (code) => {
            try {
              const app = await edges.manifests.convert(code);
              await file.write(app, options.more);
              // The answer goes out first: the page is the only sign in the browser that it worked.
              setImmediate(() => done.resolve({ slug: app.slug, pageUrl: app.pageUrl, path: file.path, hasWebhook }));
              return file.path;
            } catch (error) {
              setImmediate(() => done.reject(error));
              throw error;
            }
          }),
      },
    ];
    const server = await edges.listen(routes);
    url = server.url;
    try {
      if (options.signal.aborted) abort();
      else options.onReady(`${url}${path}`);
      return await done.promise;
    } finally {
      options.signal.removeEventListener("abort", abort);
      await server.close();
    }
  } finally {
    await file.discard();
  }
}

async function showManifest(options: RegistrationOptions, state: string, redirectUrl: string): Promise<HttpAnswer> {
  const { githubServerUrl, organization } = options;
  const owner = organization === undefined ? "" : `/organizations/${encodeURIComponent(organization)}`;
  const manifest = manifestOf({ ...options, redirectUrl });
  const action = `${githubServerUrl}${owner}/settings/apps/new?state=${state}`;
  return answer(200, await manifestPage(action, manifest), new URL(githubServerUrl).origin);
}

/** Believes the code only where it comes with the state of the manifest that was sent, and only once. */
async function finish(
  { url }: HttpRequest,
  state: string,
  use: (code: string) => Promise<string>,
): Promise<HttpAnswer> {
  const [given, wanted] = [Buffer.from(url.searchParams.get("state") ?? ""), Buffer.from(state)];
  const code = url.searchParams.get("code");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || !code) {
    return answer(400, await refusedPage("GitHub did not send this browser here for the app that was asked for"));
  }
  try {
    return answer(200, await donePage(await use(code)));
  } catch (error) {
    const why = error instanceof Fault ? error.message : "The settings could not be written: see the terminal";
    return answer(502, await refusedPage(why));
  }
}

function answer(status: number, body: string, formTarget = "'none'"): HttpAnswer {
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `form-action ${formTarget}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    // The address is the secret.
    "referrer-policy": "no-referrer",
  };
  return { status, headers, body };
}
