// Many runs in one process: its memory, and the pool's own, must not grow. Halves are compared with each other, since what a
// process weighs at all is the machine's affair. `npm run soak` makes 10,000 runs.
import { expect, onTestFinished, test } from "vitest";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { isLongForm } from "../faults/long-form.ts";
import { children, childrenAfter, residentMegabytes } from "./children.ts";
import { programOf, run } from "./program.ts";

const runs = isLongForm ? 10_000 : 300;
// V8 collects garbage when it likes; an isolate that is never let go weighs more than 1 MB, so half of the short form's runs
// would far more than double the process.
const growthMax = 1.25;

const kinds = [
  "export default (input: number): number => input + 1;",
  "console.log('x'.repeat(1000)); setInterval(() => {}, 60_000); export default () => new Uint8Array(1e6).length;",
  "export default async () => (await import('./' + 'late.ts')).late;",
  "export default async () => { await new Promise((resolve) => setTimeout(resolve, 1)); throw new Error('on purpose'); };",
  "export default () => new Promise(() => {});",
  "globalThis.kept = structuredClone(Array.from({ length: 1000 }, (_, index) => ({ index }))); throw { a: 1 };",
  "const u = new URL('https://x.y/?a=1'); new TextDecoder().decode(new Uint8Array(9), { stream: true }); export default () => u;",
  "this is no program",
];

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

test(`${runs} runs in one process do not grow its memory`, { timeout: 3_600_000 }, async () => {
  const before = children();
  const sandbox = createSandbox({ processes: 1 });
  onTestFinished(() => sandbox.close());
  const dynamicImport = async () => ({ program: programOf({ "late.ts": "export const late: number = 1;" }) });
  const once = async (number: number) => {
    const outcome = await run(sandbox, kinds[number % kinds.length] ?? "", { input: number, dynamicImport });
    expect(outcome.diagnostics.every(({ code }) => code !== "sandbox-lost")).toBe(true);
  };
  // Until V8 has compiled what it runs often, and its heap has found its size.
  for (let number = 0; number < runs / 2; number += 1) await once(number);
  // The one that runs, and the one that made scripts of what came back.
  const pids = childrenAfter(before);
  expect(pids).toHaveLength(2);
  const halves: { readonly child: number[]; readonly own: number[] }[] = [];
  for (let half = 0; half < 2; half += 1) {
    const seen = { child: [] as number[], own: [] as number[] };
    for (let number = 0; number < runs / 2; number += 1) {
      await once(number);
      if (number % 10 !== 0) continue;
      seen.child.push(pids.reduce((sum, pid) => sum + residentMegabytes(pid), 0));
      seen.own.push(process.memoryUsage().rss / 1024 / 1024);
    }
    halves.push(seen);
  }
  expect(childrenAfter(before)).toEqual(pids);
  const [early, late] = halves.map(({ child, own }) => ({ child: median(child), own: median(own) }));
  expect((late?.child ?? Number.POSITIVE_INFINITY) / (early?.child ?? 0)).toBeLessThan(growthMax);
  expect((late?.own ?? Number.POSITIVE_INFINITY) / (early?.own ?? 0)).toBeLessThan(growthMax);
});
