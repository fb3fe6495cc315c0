// `npm run load`: a deployment of several processes under a steady load of deliveries, some of them killed meanwhile. Ends
// with 1 where a delivery was not taken in or a scope is not what its tree is.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type LoadReport, runLoad } from "./load.ts";

const usage = `Usage: npm run load -- [options]

  --rate N           deliveries a second (200)
  --seconds N        for how long (60)
  --repositories N   about how many repositories, each bound to an organisation of its own (1000)
  --files N          files in each (20)
  --web N            web processes (2)
  --worker N         worker processes (2)
  --kill N           kill a worker and a web process in turn, every N seconds (0: none)
  --json FILE        write the report as JSON, "-" for standard output
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rate: { type: "string", default: "200" },
      seconds: { type: "string", default: "60" },
      repositories: { type: "string", default: "1000" },
      files: { type: "string", default: "20" },
      web: { type: "string", default: "2" },
      worker: { type: "string", default: "2" },
      kill: { type: "string", default: "0" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { json, help, ...numbers } = values;
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  const wrong = Object.entries(numbers).find(([, text]) => !/^\d+$/.test(text));
  if (wrong !== undefined) {
    process.stderr.write(`--${wrong[0]} must be a whole number: it is "${wrong[1]}"\n\n${usage}`);
    return 2;
  }
  const report = await runLoad({
    rate: Number(numbers.rate),
    seconds: Number(numbers.seconds),
    repositories: Number(numbers.repositories),
    files: Number(numbers.files),
    webs: Number(numbers.web),
    workers: Number(numbers.worker),
    killEverySeconds: Number(numbers.kill),
    progress: (step) => process.stderr.write(`load  ${step} …\n`),
  });
  const document = `${JSON.stringify(report, null, 2)}\n`;
  if (json === "-") process.stdout.write(document);
  else {
    if (json !== undefined) await writeFile(json, document);
    process.stdout.write(textOf(report));
  }
  return report.differences.length === 0 ? 0 : 1;
}

function textOf({
  deliveries,
  answers,
  acknowledged,
  commits,
  kills,
  drainedSeconds,
  differences,
}: LoadReport): string {
  const statuses = Object.entries(answers).map(
    ([status, times]) => `${times} × ${status === "0" ? "no answer" : status}`,
  );
  const { median, p99, max } = acknowledged;
  return `${deliveries} deliveries, ${commits} of them of a new commit; ${kills} processes killed
answered: ${statuses.join(", ")}; median ${median.toFixed(1)} ms, 99th percentile ${p99.toFixed(1)} ms, at most ${max.toFixed(0)} ms
the last job ended ${drainedSeconds.toFixed(1)} s after the last delivery
${differences.length === 0 ? "every scope is what its tree is, in Postgres and in Redis" : differences.join("\n")}
`;
}
