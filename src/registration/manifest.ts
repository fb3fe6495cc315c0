// The manifest by which GitHub makes the app: what app.yml says, and where this deployment is reached.
import { parse } from "yaml";
import { z } from "zod";
import { callbackPath, webhookPath } from "../workspace/app-needs.ts";

const appFile = z.object({
  name: z.string(),
  description: z.string(),
  public: z.boolean(),
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
});

export interface ManifestOptions {
  /** The text of app.yml. */
  readonly appYaml: string;
  /** Where browsers and GitHub reach the deployment, without a slash at its end. */
  readonly publicUrl: string;
  /** Where GitHub sends the browser with the code. */
  readonly redirectUrl: string;
  /** Default: the name in app.yml. On GitHub no two apps may have one name. */
  readonly name?: string | undefined;
}

/** The manifest, as GitHub takes it. Throws where app.yml is not what it should be. */
export function manifestOf({ appYaml, publicUrl, redirectUrl, name }: ManifestOptions) {
  const app = appFile.parse(parse(appYaml));
  return {
    ...app,
    name: name ?? app.name,
    url: publicUrl,
    // GitHub delivers nothing to an address that only this machine can reach.
    hook_attributes: { url: `${publicUrl}${webhookPath}`, active: !isLocal(publicUrl) },
    redirect_url: redirectUrl,
    callback_urls: [`${publicUrl}${callbackPath}`],
    setup_url: `${publicUrl}/`,
    // Installing an app and signing in are two decisions, often of two people.
    request_oauth_on_install: false,
    setup_on_update: false,
  };
}

/** Whether an address leads to the machine that it is used on. */
export function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}
