// What the fuzzers share: how many inputs a run gets, random edits that keep an input near to a real one, and the memory
// that a run may not leave behind.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect } from "vitest";
import { isLongForm } from "../faults/long-form.ts";

/** Inputs of each fuzzer. The seed of a failing one is part of fast-check's report. */
export const numRuns = isLongForm ? 100_000 : 500;

/** How long a fuzzer may take, in milliseconds, so that an input that hangs is told from a slow machine. */
export const patienceMs = isLongForm ? 3_600_000 : 60_000;

const pieces = [
  "",
  "\0",
  "\n",
  "\r",
  "\u2028",
  "\ud800",
  "\u{1f600}",
  "é",
  " ",
  "'",
  '"',
  "`",
  "${",
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  "<",
  ">",
  "&a ",
  "*a ",
  "!!js ",
  ": ",
  "- ",
  "#",
  "../",
  "/",
  "//",
  "/*",
  "*/",
  "\\",
  "\\u0024",
  "\\x00",
  "__proto__",
  "constructor",
  "default",
  "import ",
  "export ",
  "from ",
  "async ",
  "await ",
  "enum ",
  "0",
  "-1",
  "1e400",
  "9007199254740993",
  "null",
  "true",
] as const;

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(12),
  insert: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8, unit: "binary" })),
  times: fc.oneof(
    { weight: 20, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 2_000 }) },
  ),
});

/** A text that was near to one of these before somebody's cat walked over it. */
export function nearTo(bases: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...bases), fc.array(edit, { maxLength: 6 })).map(([base, edits]) => {
    let text = base;
    for (const { at, remove, insert, times } of edits) {
      const place = Math.floor(at * text.length);
      text = text.slice(0, place) + insert.repeat(times) + text.slice(place + remove);
    }
    return text;
  });
}

/** Bytes that were near to these. */
export function bytesNearTo(base: Uint8Array): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.nat(base.length - 1),
    byte: fc.nat(255),
    cut: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(600) }),
  });
  return fc.array(change, { maxLength: 8 }).map((changes) => {
    let bytes = Buffer.from(base);
    for (const { at, byte, cut } of changes) {
      if (at < bytes.length) bytes[at] = byte;
      if (cut > 0) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + cut)]);
    }
    return bytes;
  });
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Gives a function that fails where the heap has grown by more than `megabytesMax` since. */
export function watchHeap(megabytesMax: number): () => void {
  collect();
  const before = process.memoryUsage().heapUsed;
  return () => {
    collect();
    expect((process.memoryUsage().heapUsed - before) / 1024 / 1024).toBeLessThan(megabytesMax);
  };
}
