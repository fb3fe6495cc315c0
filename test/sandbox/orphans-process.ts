// Starts every kind of child process, has one of them busy without end, says which they are, and waits to be killed.
import { createParser } from "../../src/parsing/parser.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { children } from "./children.ts";
import { programOf, run } from "./program.ts";

const sandbox = createSandbox({ processes: 1 });
const parser = createParser();
await parser.parse([{ source: "export default 1;", language: "javascript" }]);
// The second has it made a script.
for (let time = 0; time < 2; time += 1) await run(sandbox, "export default () => 1;");

const busy = 'export default async () => { await import("shared/" + "late"); for (;;); };';
void run(sandbox, busy, {
  limits: { wallTimeMs: 600_000 },
  dynamicImport: async () => {
    // Once the answer is on its way, from which on the child loops.
    setImmediate(() => process.stdout.write(`${children().join(" ")}\n`));
    return { program: programOf({ "late.ts": "export {};" }) };
  },
});
