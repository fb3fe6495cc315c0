// Stages made ahead of time, while the process has nothing else to do, so that a run need not wait for its isolate: a few with
// nothing but the globals, and some for the programs that came back last, each with its program's script compiled.
import type ivm from "isolated-vm";
import { compileInto } from "./hoisted-graph.ts";
import type { CompiledProgram, HeldProgram } from "./programs.ts";
import { type Stage, stageInParts } from "./stage.ts";

/** A stage, perhaps with its program's script, which has not run. */
export interface SetStage extends Stage {
  readonly script?: ivm.Script;
}

// A stage weighs some 2 MB, and what its program's compiled code weighs: 2 MB for 600 KB of source.
const blankMax = 2;
const setMax = 4;
// Two for one program, so that runs which follow each other closely both find one. The second is set only when no run has come
// for this long: a large script takes two milliseconds.
const setForOneMax = 2;
const pauseMs = 5;

let megabytes = 0;
let blank: Stage[] = [];
let set: { readonly compiled: CompiledProgram; readonly stage: SetStage }[] = [];
/** The blank stage that is being made. */
let begun: ReturnType<typeof stageInParts> | undefined;
/** Programs that do not fit into their runs' isolates. */
const unfit = new WeakSet<CompiledProgram>();
let cancel: () => void = () => {};

/** Gives an isolate with this limit for one run of a program: one that was made ahead, or a new one. */
export function takeStage(memoryMegabytes: number, { compiled }: HeldProgram): SetStage {
  cancel();
  if (memoryMegabytes !== megabytes) {
    if (begun) blank.push(finish());
    for (const { isolate } of [...blank, ...set.map(({ stage }) => stage)]) isolate.dispose();
    blank = [];
    set = [];
    megabytes = memoryMegabytes;
  }
  const at = set.findIndex((ready) => ready.compiled === compiled);
  const [ready] = at === -1 ? [] : set.splice(at, 1);
  return ready?.stage ?? blank.pop() ?? finish();
}

/** Makes stages ahead, with the limit that was asked for last, part by part for as long as no run comes in between. */
export function makeAhead(last: HeldProgram): void {
  cancel();
  const compiled = last.compiled && !unfit.has(last.compiled) ? last.compiled : undefined;
  const settled = compiled ? set.filter((ready) => ready.compiled === compiled).length : setForOneMax;
  if (compiled && settled === 0 && blank.length > 0) now(() => setFor(compiled));
  else if (blank.length < blankMax) now(makeBlank);
  else if (compiled && settled < setForOneMax) soon(() => setFor(compiled));

  function now(work: () => void): void {
    const immediate = setImmediate(() => go(work));
    cancel = () => clearImmediate(immediate);
  }
  function soon(work: () => void): void {
    const timer = setTimeout(() => go(work), pauseMs);
    cancel = () => clearTimeout(timer);
  }
  function go(work: () => void): void {
    work();
    makeAhead(last);
  }
}

/** Goes on with a blank stage, and gives it when it is done. */
function makePart(): Stage | undefined {
  begun ??= stageInParts(megabytes);
  const { done, value } = begun.next();
  if (!done) return undefined;
  begun = undefined;
  return value;
}

function makeBlank(): void {
  const stage = makePart();
  if (stage) blank.push(stage);
}

function finish(): Stage {
  for (;;) {
    const stage = makePart();
    if (stage) return stage;
  }
}

function setFor(compiled: CompiledProgram): void {
  const stage = blank.pop();
  if (stage === undefined) return;
  try {
    set.push({ compiled, stage: { ...stage, script: compileInto(stage.isolate, stage.context, compiled) } });
  } catch {
    // The run that needs it will say so.
    unfit.add(compiled);
    if (!stage.isolate.isDisposed) stage.isolate.dispose();
  }
  while (set.length > setMax) set.shift()?.stage.isolate.dispose();
}
