// The app as a process: started, announced, and stopped by the signals that an init system or a person sends.
import manifest from "../../package.json" with { type: "json" };
import type { Config } from "../config.ts";
import type { Role } from "../main.ts";

/** Runs the app until SIGTERM or SIGINT; what is under way ends first. A second signal ends the process at once. */
export async function serve(role: Role): Promise<void> {
  const [{ readConfig }, { createLog }, { startApp }, { startTelemetry }] = await Promise.all([
    import("../config.ts"),
    import("../log.ts"),
    import("../main.ts"),
    import("../telemetry/telemetry.ts"),
  ]);
  const config = readConfig();
  const log = createLog(config.logLevel, {
    secrets: [...(config.app?.webhookSecrets ?? []), ...(config.signIn ? [config.signIn.clientSecret] : [])],
  });
  const telemetry = startTelemetry({ role, version: manifest.version, tracesUrl: config.tracesUrl });
  // A first start takes seconds: it makes the embedded database, or brings a named one up to date.
  log.info({ role, database: databaseName(config), redis: config.redisUrl !== undefined }, "Starting");
  const app = await startApp(config, role, log, { telemetry });
  const isSetUp = config.app !== undefined;
  log.info({ role, url: app.url, isSetUp }, "Bifrost Modules is running");
  if (!isSetUp) {
    const missing = ["APP_ID", "PRIVATE_KEY or PRIVATE_KEY_PATH", "WEBHOOK_SECRET"];
    log.warn({ missing }, `The GitHub App is not set up: webhooks are refused and nothing is synced. See ${app.url}/`);
  }
  const signal = await stopSignal();
  log.info({ signal }, "Stopping: what is under way ends first");
  await app.close();
  await telemetry.close();
  log.info("Stopped");
}

/** What is opened, without what could be a password. */
function databaseName({ databaseUrl, dataFolder }: Config): string {
  if (databaseUrl === undefined) return `embedded, in ${dataFolder}`;
  const { host, searchParams } = new URL(databaseUrl);
  return host || (searchParams.get("host") ?? "");
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
}
