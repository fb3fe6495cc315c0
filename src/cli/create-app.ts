// `bifrost app create` put together: GitHub as the environment names it, and a server on this machine for as long as it
// takes.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { inspectConfig } from "../config.ts";
import { connectAppManifests } from "../github/app-manifest.ts";
import { startHttpServer } from "../http/server.ts";
import { createLog } from "../log.ts";
import { type Registration, registerApp } from "../registration/register-app.ts";
import type { CreateAppOptions } from "./commands/app.ts";

// The code that GitHub sends is good for an hour, and nobody looks at its page for as long.
const patienceMs = 3_600_000;

const github = { GITHUB_API_URL: "https://api.github.com", GITHUB_SERVER_URL: "https://github.com" };

/** Makes an app on the GitHub that the environment names; `variables` stand in for it. */
export async function createApp(options: CreateAppOptions, variables?: NodeJS.ProcessEnv): Promise<Registration> {
  const { config } = inspectConfig(variables);
  const log = createLog("error");
  const { githubApiUrl: apiUrl, githubServerUrl } = config;
  const named = { GITHUB_API_URL: apiUrl, GITHUB_SERVER_URL: githubServerUrl };
  const isElsewhere = apiUrl !== github.GITHUB_API_URL || githubServerUrl !== github.GITHUB_SERVER_URL;
  const manifests = connectAppManifests({ apiUrl, userAgent: "bifrost-modules", log, timeoutMs: 30_000 });
  const listen: Parameters<typeof registerApp>[0]["listen"] = (routes) =>
    startHttpServer({ host: "127.0.0.1", port: 0, routes, log });
  return await registerApp(
    { manifests, listen },
    {
      appYaml: await readFile(new URL("../../app.yml", import.meta.url), "utf8"),
      publicUrl: options.publicUrl,
      githubServerUrl,
      organization: options.organization,
      name: options.name,
      file: options.file,
      more: { BIFROST_URL: options.publicUrl, ...(isElsewhere && named) },
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(patienceMs)]),
      onReady(address) {
        options.onReady(address);
        if (options.opensBrowser) openBrowser(address);
      },
    },
  );
}

/** Opens an address as the desktop would. Where there is none, the printed address has to do. */
function openBrowser(address: string): void {
  const [command, ...args] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["explorer.exe"] : ["xdg-open"];
  const opener = spawn(command ?? "xdg-open", [...args, address], { stdio: "ignore", detached: true });
  opener.on("error", () => {});
  opener.unref();
}
