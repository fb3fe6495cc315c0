// The app as a process: started, announced, and stopped by the signals that an init system or a person sends.
import { constants } from "node:os";
import manifest from "../../package.json" with { type: "json" };
import type { Config } from "../config.ts";
import type { Role } from "../main.ts";

// Some handler that did not end in time may still hold a connection or a timer.
const lingerMsMax = 1_000;

/**
 * Runs the app until SIGTERM or SIGINT; what is under way ends first, within the time that `closeMsMax` says. One that comes
 * while it starts ends it between two steps of the start. A second signal ends the process at once.
 */
export async function serve(role: Role): Promise<void> {
  const stop = listenForStop();
  const [{ readConfig }, { createLog }, { closeMsMax, startApp }, { startTelemetry }] = await Promise.all([
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
  log.info({ role, database: databaseName(config), redis: config.redisUrls !== undefined }, "Starting");
  const limit = limitFrom(stop.signal, closeMsMax(role, config.drainMs), () =>
    log.error("Ended in the middle of the stop: something did not end in time"),
  );
  const app = await startApp(config, role, log, { telemetry, signal: stop.signal }).catch(async (error: unknown) => {
    if (!stop.signal.aborted) throw error;
    await telemetry.close();
    log.info({ signal: stop.signal.reason }, "Stopped before it had started");
  });
  if (app === undefined) return;
  const isSetUp = config.app !== undefined;
  log.info({ role, url: app.url, isSetUp }, "Bifrost Modules is running");
  if (!isSetUp) {
    const missing = ["APP_ID", "PRIVATE_KEY or PRIVATE_KEY_PATH", "WEBHOOK_SECRET"];
    log.warn({ missing }, `The GitHub App is not set up: webhooks are refused and nothing is synced. See ${app.url}/`);
  }
  const signal = await stop.asked;
  log.info({ signal }, "Stopping: what is under way ends first");
  await app.close();
  await telemetry.close();
  log.info("Stopped");
  clearTimeout(limit.timer);
  // Whatever still holds the process open is nothing that anybody waits for.
  setTimeout(() => process.exit(), lingerMsMax).unref();
}

/** What is opened, without what could be a password. */
function databaseName({ databaseUrl, dataFolder }: Config): string {
  if (databaseUrl === undefined) return `embedded, in ${dataFolder}`;
  const { host, searchParams } = new URL(databaseUrl);
  return host || (searchParams.get("host") ?? "");
}

interface Stop {
  /** Resolves with the first signal to stop. */
  readonly asked: Promise<NodeJS.Signals>;
  /** Aborts with it, for that reason. */
  readonly signal: AbortSignal;
}

/** Listens from now on. The second signal ends the process, as a shell reports one that a signal ended. */
function listenForStop(): Stop {
  const asked = Promise.withResolvers<NodeJS.Signals>();
  const controller = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // Said here and not left to the system, which spares the first process of a container.
      if (controller.signal.aborted) process.exit(128 + constants.signals[signal]);
      controller.abort(signal);
      asked.resolve(signal);
    });
  }
  return { asked: asked.promise, signal: controller.signal };
}

/** Ends the process with 1 where it has not ended by itself so long after the signal. */
function limitFrom(signal: AbortSignal, limitMs: number, say: () => void): { timer: NodeJS.Timeout | undefined } {
  const limit: { timer: NodeJS.Timeout | undefined } = { timer: undefined };
  signal.addEventListener("abort", () => {
    limit.timer = setTimeout(() => {
      say();
      process.exit(1);
    }, limitMs).unref();
  });
  return limit;
}
