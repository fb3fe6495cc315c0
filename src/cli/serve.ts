// The app as a process: started, announced, and stopped by the signals that an init system or a person sends.
import manifest from "../../package.json" with { type: "json" };
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
  const app = await startApp(config, role, log, { telemetry });
  log.info({ role, url: app.url, isSetUp: config.app !== undefined }, "Bifrost Modules is running");
  const signal = await stopSignal();
  log.info({ signal }, "Stopping: what is under way ends first");
  await app.close();
  await telemetry.close();
  log.info("Stopped");
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
}
