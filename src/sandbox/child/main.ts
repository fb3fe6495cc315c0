// The child process of the pool: takes one run at a time and answers. It is started without an environment, may neither open
// files nor connect nor start anything once it has loaded, and lives no longer than its parent.
import { confine } from "../../confinement/confine.ts";
import { endWithParent } from "../../orphan.ts";
import type { ChildMessage, ParentMessage, RunMessage } from "../protocol.ts";
import { type HeldProgram, holdProgram, recallProgram } from "./programs.ts";
import { type ChildRun, startRun } from "./run.ts";
import { makeAhead } from "./stages.ts";

let current: ChildRun | undefined;

function send(message: ChildMessage): void {
  process.send?.(message);
}

function start({ program: key, modules, script, ...message }: RunMessage): void {
  const { entry } = message;
  const program = modules ? holdProgram(key, { entry, modules, script }) : recallProgram(key, script);
  if (program === undefined) {
    send({ kind: "unknown", run: message.run });
    return;
  }
  current = startRun(message, program, (answer) => {
    send(answer);
    // When the answer is on its way: what makes the next run quicker is not part of this one.
    if (answer.kind === "done") setImmediate(() => getReady(program));
  });
}

const clock = new Int32Array(new SharedArrayBuffer(4));
// Enough for the parent to read an answer.
const breathMs = 0.05;

function getReady(program: HeldProgram): void {
  // Linux wakes whoever reads a message on the core of whoever wrote it, whom it expects to sleep then. Where all cores are
  // busy and we go on at once, the parent has its answer only when all of this is done, a millisecond later (measured).
  Atomics.wait(clock, 0, 0, breathMs);
  makeAhead(program);
}

process.on("message", (message: ParentMessage) => {
  if (message.kind === "run") start(message);
  else current?.answer(message);
});
endWithParent();

send({ kind: "ready", walls: confine() });
