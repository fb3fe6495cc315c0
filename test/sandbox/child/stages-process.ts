// Stages as a child process makes them ahead, and runs on them. Needs `--no-node-snapshot`; prints JSON for stages.test.ts.
import { setImmediate as nextTurn } from "node:timers/promises";
import { compileProgram } from "../../../src/sandbox/child/compile.ts";
import { type HeldProgram, holdProgram } from "../../../src/sandbox/child/programs.ts";
import { startRun } from "../../../src/sandbox/child/run.ts";
import { makeAhead, takeStage } from "../../../src/sandbox/child/stages.ts";
import type { ChildMessage } from "../../../src/sandbox/protocol.ts";
import { defaultRunLimits } from "../../../src/workspace/run.ts";
import { programOf } from "../program.ts";

const megabytes = defaultRunLimits.memoryMegabytes;
// Each part of a stage takes a turn of the loop: three for the isolate and its globals, one for the script.
const turns = 20;

function hold(key: string, files: Readonly<Record<string, string>>, isScript: boolean): HeldProgram {
  const { entry, modules } = programOf(files);
  return holdProgram(key, { entry, modules, script: isScript ? compileProgram(modules, entry) : undefined });
}

/** Lets stages be made after a run of a program. */
async function wait(program: HeldProgram): Promise<void> {
  makeAhead(program);
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
}

/** After a run of `last`: takes a stage for a program and throws it away; gives whether its script was in it. */
async function isSet(last: HeldProgram, program: HeldProgram, memoryMegabytes = megabytes): Promise<boolean> {
  await wait(last);
  const { isolate, script } = takeStage(memoryMegabytes, program);
  isolate.dispose();
  return script !== undefined;
}

async function outcomeOf(program: HeldProgram): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<ChildMessage>();
  const { entry } = program;
  const message = { kind: "run", run: 1, entry, mode: "call", context: "{}", limits: defaultRunLimits } as const;
  startRun(message, program, (answer) => answer.kind === "done" && resolve(answer));
  return await promise;
}

/** A program run as modules, and again and again on stages that are set for it. */
async function outcomes(key: string, files: Readonly<Record<string, string>>): Promise<unknown[]> {
  const told = [await outcomeOf(hold(key, files, false))];
  const program = hold(key, files, true);
  for (let run = 0; run < 3; run += 1) {
    await wait(program);
    told.push(await outcomeOf(program));
  }
  return told;
}

const one = hold("one", { "main.js": "export default () => 1;" }, true);
const other = hold("other", { "main.js": "export default () => 2;" }, true);
takeStage(megabytes, one).isolate.dispose();
const sets = {
  itself: await isSet(one, one),
  again: await isSet(one, one),
  another: await isSet(one, other),
  otherMemory: await isSet(one, one, megabytes / 2),
};

const compared = {
  works: await outcomes("works", {
    "a.js":
      "let count = 0; globalThis.seen = (globalThis.seen ?? 0) + 1; export const raise = () => { count += 1; return count; };",
    "main.js":
      'import * as a from "./a.js"; export default () => [a.raise(), Object.keys(a), globalThis.seen, new Error("x").stack];',
  }),
  fails: await outcomes("fails", { "main.js": "\n  null.x;" }),
};
process.stdout.write(JSON.stringify({ sets, compared }), () => process.exit());
