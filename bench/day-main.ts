// `npm run simulate`: a day of a million organisations, see docs/scaling.md. Every number can be set.
import { parseArgs } from "node:util";
import { type DayOptions, simulateDay } from "./day.ts";

/** What docs/scaling.md counts with; docs/benchmarks.md has what is measured of it. */
const defaults = {
  seed: 1,
  organizations: 1_000_000,
  hours: 24,
  pushes: 1,
  checks: 0.5,
  skew: 2,
  peak: 2,
  workers: 40,
  slots: 8,
  "sync-ms": 76,
  "sync-requests": 14,
  "check-ms": 350,
  "check-requests": 14,
  "at-once": 4,
  "github-at-once": 100,
  "latency-ms": 100,
  allowance: 5_000,
  sweep: 8,
};
type Name = keyof typeof defaults;

process.exitCode = main();

function main(): number {
  const names = Object.keys(defaults) as Name[];
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: "string" } as const])),
      help: { type: "boolean" },
    },
  });
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  const wrong = names.find((name) => given[name] !== undefined && !(Number(given[name]) >= 0));
  if (given.help === true || wrong !== undefined) {
    const usage = names.map((name) => `  --${name} N`.padEnd(24) + defaults[name]);
    process.stdout.write(`Usage: npm run simulate -- [options]\n\n${usage.join("\n")}\n`);
    if (wrong !== undefined) process.stderr.write(`--${wrong} must be a number\n`);
    return wrong === undefined ? 0 : 2;
  }
  const of = (name: Name) => Number(given[name] ?? defaults[name]);
  const options: DayOptions = {
    seed: of("seed"),
    organizations: of("organizations"),
    hours: of("hours"),
    pushesPerDay: of("pushes"),
    checksPerDay: of("checks"),
    skew: of("skew"),
    peak: of("peak"),
    workers: of("workers"),
    slotsPerWorker: of("slots"),
    sync: { localMs: of("sync-ms"), requests: of("sync-requests"), atOnce: of("at-once") },
    check: { localMs: of("check-ms"), requests: of("check-requests"), atOnce: of("at-once") },
    requestsAtOnce: of("github-at-once"),
    latencyMs: of("latency-ms"),
    allowance: of("allowance"),
    sweepAtOnce: of("sweep"),
  };
  process.stdout.write(`${JSON.stringify(simulateDay(options), rounded, 2)}\n`);
  return 0;
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value;
}
