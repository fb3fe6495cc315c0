// The program's log: JSON lines that hold no secret. Whoever logs need not think of it; every line is freed of secrets
// after it was put together, so a token deep in an error's text is caught as well as one in a field.
import { AsyncLocalStorage } from "node:async_hooks";
import { trace } from "@opentelemetry/api";
import { type DestinationStream, destination, type Logger, pino } from "pino";
import { withoutSecrets } from "./workspace/secret.ts";

/** Fields that hold a secret whatever it looks like, at the top of a line and up to two steps below. */
const secretFields = [
  "authorization",
  "clientSecret",
  "cookie",
  "password",
  "privateKey",
  "secret",
  "secrets",
  "set-cookie",
  "token",
  "webhookSecret",
  "x-hub-signature-256",
].flatMap((field) => ["", "*", "*.*"].map((above) => `${above}["${field}"]`));

const secretLengthMin = 8;

const concerned = new AsyncLocalStorage<Readonly<Record<string, unknown>>>();

/** Does some work of which every line that is logged carries these fields, however deep the line is written. */
export function withLogFields<T>(fields: Readonly<Record<string, unknown>>, work: () => T): T {
  return concerned.run(fields, work);
}

/** What every line carries besides its own fields: whom the work concerns, and the trace that it is part of. */
function surroundings(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return { ...concerned.getStore(), ...(span && { traceId: span.traceId }) };
}

export interface LogOptions {
  /** Values that must never be written although nothing in their shape says so, such as webhook secrets. */
  readonly secrets?: readonly string[];
  /** Where lines go. Default: standard error, because standard output belongs to what a command prints. */
  readonly to?: DestinationStream;
}

/** Makes the log that everything writes to. `level` is one of pino's: `trace debug info warn error fatal silent`. */
export function createLog(level: string, options: LogOptions = {}): Logger {
  // A secret of a few letters stands in many words, and taking it out of them would spell it.
  const secrets = (options.secrets ?? []).filter((secret) => secret.length >= secretLengthMin).map(asWritten);
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      mixin: surroundings,
      // A line's own word goes before what surrounds it.
      mixinMergeStrategy: (own, around) => ({ ...around, ...own }),
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretFields,
        censor: "[secret]",
      },
      hooks: {
        streamWrite: (line) =>
          withoutSecrets(secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), line)),
      },
    },
    options.to ?? destination({ dest: 2, sync: true }),
  );
}

/** The text as JSON writes it, without the quotes around it. */
function asWritten(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
