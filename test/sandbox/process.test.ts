import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { failureOf, run } from "./program.ts";

const sandbox = createSandbox({ processes: 2, limits: { wallTimeMs: 400, memoryMegabytes: 32 } });
afterAll(() => sandbox.close());

const fine = "export default () => 'fine';";
// For runs that are not to end by the limit, on however busy a machine.
const patient = { limits: { wallTimeMs: 60_000 } };

test.for([
  ["a loop in a function", "export default () => {\n  for (;;);\n};", 2],
  ["a loop at the top level", "\nfor (;;);", 2],
  ["a loop of microtasks", "export default async () => {\n  for (;;) await 0;\n};", undefined],
  ["a loop in a timer", "export default () => new Promise(() => setTimeout(() => {\n  for (;;);\n}));", 2],
  ["a regular expression that backtracks", "export default () => /^(a+)+$/.test('a'.repeat(40) + 'b');", 1],
  ["a catch around the loop", "export default () => { for (;;) try { for (;;); } catch {} finally { for (;;); } };", 1],
])("%s ends with a timeout at its line, and the next run is fine", async ([, source, line]) => {
  const failure = failureOf(await run(sandbox, source as string));
  expect(failure).toMatchObject({ code: "timeout", message: "The workflow did not finish within 400 ms" });
  if (line !== undefined) expect(failure.line).toBe(line);
  expect((await run(sandbox, fine, patient)).result).toBe("fine");
});

test("a timer that keeps a run waiting beyond its time ends with a timeout", async () => {
  const outcome = await run(
    sandbox,
    "console.log('waiting'); export default () => new Promise(() => setInterval(() => {}, 5));",
    {
      limits: { wallTimeMs: 150 },
    },
  );
  expect(failureOf(outcome).code).toBe("timeout");
  expect(outcome.logs).toEqual([{ level: "info", message: "waiting" }]);
  expect(outcome.durationMs).toBeGreaterThanOrEqual(149);
});

test.for([
  ["a call", "export default () => new Promise(() => {});"],
  ["a top-level await", "await new Promise(() => {});\nexport default () => 1;"],
])("%s that waits for what nothing can settle ends at once", async ([, source]) => {
  const failure = failureOf(await run(sandbox, source as string, { limits: { wallTimeMs: 60_000 } }));
  expect(failure).toMatchObject({ code: "timeout" });
  expect(failure.message).toContain("never finished: a promise did not settle");
});

test("an import() that is never answered ends with a timeout", async () => {
  const outcome = await run(sandbox, "export default () => import('./' + 'x.ts');", {
    dynamicImport: () => new Promise(() => {}),
    limits: { wallTimeMs: 100 },
  });
  expect(failureOf(outcome).code).toBe("timeout");
});

test("a native call that heeds no timeout is killed, and the next run is fine", async () => {
  const failure = failureOf(
    await run(sandbox, "export default () => (7n ** 10n ** 7n).toString().length;", { limits: { wallTimeMs: 100 } }),
  );
  expect(failure.code).toBe("timeout");
  expect((await run(sandbox, fine, patient)).result).toBe("fine");
});

test.for([
  ["objects", "const a = []; for (;;) a.push({ x: [1, 2, 3] });"],
  ["strings", "let s = 'x'; const a = []; for (;;) a.push((s += s.slice(0, 1000)) + a.length);"],
  ["a Map", "const m = new Map(); for (let i = 0; ; i += 1) m.set(i, { i });"],
  ["array buffers", "const a = []; for (;;) a.push(new Uint8Array(1024 * 1024).fill(1));"],
  ["sparse fills that escape the isolate's limit", "const a = []; for (;;) a.push(new Array(1000).fill({ x: 1 }));"],
  ["JSON text", "let s = '[1,2,3]'; const a = []; for (;;) a.push(JSON.parse((s = '[' + s + ',' + s + ']')));"],
  ["timers", "for (;;) setTimeout(() => {}, 1000, new Array(1000).fill(1));"],
  ["structured clones", "const a = []; for (;;) a.push(structuredClone(new Array(10_000).fill(1)));"],
])("memory filled with %s ends the run, and the next one is fine", async ([, source]) => {
  const failure = failureOf(
    await run(sandbox, `export default () => { ${source} };`, { limits: { wallTimeMs: 10_000 } }),
  );
  expect(failure.code).toBe("memory-limit");
  expect((await run(sandbox, fine, patient)).result).toBe("fine");
});

test("a run that stays within its memory is left alone", async () => {
  const source =
    "export default () => { const a = []; for (let i = 0; i < 100_000; i += 1) a.push({ i }); return a.length; };";
  expect((await run(sandbox, source, patient)).result).toBe(100_000);
});

test("what was logged before a kill is kept", async () => {
  const outcome = await run(
    sandbox,
    "console.log('before'); const a = []; for (;;) a.push(new Array(1000).fill({ x: 1 }));",
    {
      limits: { wallTimeMs: 10_000 },
    },
  );
  expect(outcome.logs).toEqual([{ level: "info", message: "before" }]);
});

test("a run beside one that is killed ends untouched", async () => {
  const slow = run(sandbox, "export default () => new Promise((resolve) => setTimeout(resolve, 1500, 'slow'));", {
    limits: { wallTimeMs: 10_000 },
  });
  const killed = run(sandbox, "const a = []; for (;;) a.push(new Array(1000).fill({ x: 1 }));", {
    limits: { wallTimeMs: 10_000 },
  });
  expect(failureOf(await killed).code).toBe("memory-limit");
  expect((await slow).result).toBe("slow");
});

test("output beyond the limit ends the run, and what fits is kept", async () => {
  const outcome = await run(sandbox, "export default () => { for (;;) try { console.log('0123456789'); } catch {} };", {
    limits: { outputBytes: 100 },
  });
  expect(failureOf(outcome)).toMatchObject({ code: "output-limit" });
  expect(outcome.logs).toHaveLength(10);
  expect(outcome.logs.at(-1)?.message).toBe("0");
});

test("lines without text count as well", async () => {
  const outcome = await run(sandbox, "export default () => { for (;;) console.log(''); };", {
    limits: { wallTimeMs: 10_000 },
  });
  expect(failureOf(outcome).code).toBe("output-limit");
  expect(outcome.logs.length).toBeLessThanOrEqual(50_000);
});

test("output is counted in bytes, to the last", async () => {
  const source = "export default () => { console.log('é€'); };";
  expect((await run(sandbox, source, { limits: { outputBytes: 6 } })).ok).toBe(true);
  expect((await run(sandbox, source, { limits: { outputBytes: 5 } })).diagnostics[0]?.code).toBe("output-limit");
});

test("a result beyond the limit is refused, and one at the limit is given", async () => {
  const source = "export default (length) => 'x'.repeat(length);";
  expect((await run(sandbox, source, { input: 98, limits: { resultBytes: 100 } })).result).toHaveLength(98);
  expect(failureOf(await run(sandbox, source, { input: 99, limits: { resultBytes: 100 } }))).toMatchObject({
    code: "output-limit",
    message: "The result is more than 100 bytes of JSON",
  });
});

test("recursion without end is the workflow's own RangeError", async () => {
  const failure = failureOf(await run(sandbox, "const f = () => f();\nexport default () => f();"));
  expect(failure).toMatchObject({ code: "evaluation-error", message: "RangeError: Maximum call stack size exceeded" });
});
