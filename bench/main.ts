// `npm run bench [-- GROUP] [--json FILE]`: speed as ratios against a baseline in the same run.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { checkBenches } from "./check.ts";
import { dashboardBenches } from "./dashboard.ts";
import { linkBenches } from "./link.ts";
import { type Bench, type Group, groups, type Measurement } from "./measure.ts";
import { runBenches } from "./run.ts";
import { syncBenches } from "./sync.ts";
import { webhookBenches } from "./webhook.ts";

const usage = `Usage: npm run bench -- [GROUP] [--json FILE]

  GROUP        one of ${groups.join(", ")}; all of them where it is left out
  --json FILE  write the measurements as JSON, "-" for standard output

Example: npm run bench -- link --json link.json
`;

const benches: readonly Bench[] = [
  ...runBenches,
  ...linkBenches,
  ...syncBenches,
  ...webhookBenches,
  ...checkBenches,
  ...dashboardBenches,
];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof parseArguments>;
  try {
    parsed = parseArguments(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (parsed.help) {
    process.stdout.write(usage);
    return 0;
  }
  const toStandardOutput = parsed.json === "-";
  const measurements: Measurement[] = [];
  for (const bench of benches.filter(({ group }) => parsed.group === undefined || group === parsed.group)) {
    if (!toStandardOutput) process.stderr.write(`${bench.group} …\n`);
    for (const measurement of await bench.measure()) {
      measurements.push(measurement);
      if (!toStandardOutput) process.stdout.write(`${line(measurement)}\n`);
    }
  }
  const document = `${JSON.stringify(measurements, null, 2)}\n`;
  if (toStandardOutput) process.stdout.write(document);
  else if (parsed.json !== undefined) await writeFile(parsed.json, document);
  return 0;
}

function parseArguments(args: readonly string[]): { group?: Group; json?: string; help: boolean } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "string" }, help: { type: "boolean", default: false } },
  });
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new Error("Name one group, or none for all of them");
  const group = groups.find((known) => known === name);
  if (name !== undefined && group === undefined) throw new Error(`There is no group "${name}"`);
  return { help: values.help, ...(group && { group }), ...(values.json !== undefined && { json: values.json }) };
}

function line({ group, name, against, value, unit, baseline, ratio, reach, holds }: Measurement): string {
  const goal = reach === null ? "" : `, reach ${reach}: ${holds ? "holds" : "MISSED"}`;
  const compared = ratio === null ? "" : `, ${ratio} × ${baseline} ${unit} (${against})`;
  return `${group}  ${name}: ${value} ${unit}${compared}${goal}`;
}
