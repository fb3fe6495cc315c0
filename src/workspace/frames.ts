// Stack frames as people read them: what repeats is said once, with how often.
import type { Diagnostic } from "./diagnostic.ts";

/** The frames of a finding as V8 writes them: `name (place)`, or the place alone where the function has no name. */
export function framesOf({ stack = [], functions = [] }: Pick<Diagnostic, "stack" | "functions">): string[] {
  return stack.map((place, index) => {
    const name = functions[index] ?? null;
    return name === null ? place : `${name} (${place})`;
  });
}

/** Frames that stand in a stack one after the other, and how often they do in a row. */
export interface FrameRun {
  readonly frames: readonly string[];
  readonly times: number;
}

// Functions that call each other in a circle: more of them than this are no longer seen as one by a reader either.
const circleMax = 8;
// Fewer repeats are shorter as they are.
const timesMin = 3;

/** Puts the repeats of a stack together: a recursion of 50 frames is one frame, 50 times. */
export function frameRuns(stack: readonly string[]): FrameRun[] {
  const runs: FrameRun[] = [];
  for (let at = 0; at < stack.length; ) {
    const run = circleAt(stack, at) ?? { frames: stack.slice(at, at + 1), times: 1 };
    runs.push(run);
    at += run.frames.length * run.times;
  }
  return runs;
}

/** The shortest circle that begins here. */
function circleAt(stack: readonly string[], start: number): FrameRun | undefined {
  for (let length = 1; length <= circleMax; length += 1) {
    let end = start + length;
    while (end < stack.length && stack[end] === stack[end - length]) end += 1;
    const times = Math.floor((end - start) / length);
    if (times >= timesMin) return { frames: stack.slice(start, start + length), times };
  }
  return undefined;
}
