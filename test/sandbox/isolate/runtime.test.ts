import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { failureOf, resultOf, run } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

test("setTimeout() and setInterval() call back in time's order, with their arguments, until cleared", async () => {
  const result = await resultOf(
    sandbox,
    `const seen = [];
    const late = new Promise((resolve) => {
      setTimeout((a, b) => { seen.push(a + b); resolve(); }, 1_000, "la", "te");
    });
    setTimeout(() => seen.push("soon"));
    clearTimeout(setTimeout(() => seen.push("never"), 1));
    await new Promise((resolve) => {
      let rounds = 0;
      const id = setInterval(() => { rounds += 1; if (rounds === 3) { clearInterval(id); resolve(); } }, 1);
    });
    seen.push("three");
    await late;
    return seen;`,
  );
  expect((result as string[]).toSorted()).toEqual(["late", "soon", "three"]);
  expect((result as string[]).at(-1)).toBe("late");
});

test("clearTimeout() of what is no timer does nothing, and a timer takes only a function", async () => {
  const result = await resultOf(
    sandbox,
    `clearTimeout(undefined); clearTimeout(12345); clearInterval({});
    try { setTimeout("code"); } catch (error) { return error.name; }`,
  );
  expect(result).toBe("TypeError");
});

test("queueMicrotask() calls back before any timer", async () => {
  const result = await resultOf(
    sandbox,
    `const seen = [];
    setTimeout(() => seen.push("timer"));
    queueMicrotask(() => seen.push("microtask"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return seen;`,
  );
  expect(result).toEqual(["microtask", "timer"]);
});

test("a run may have 10,000 timers and no more", async () => {
  const failure = failureOf(await run(sandbox, "export default () => { for (;;) setTimeout(() => {}, 1000); };"));
  expect(failure.message).toBe("RangeError: A run has at most 10000 timers at a time");
});

test("WebAssembly, SharedArrayBuffer and Atomics are absent", async () => {
  expect(await resultOf(sandbox, "return [typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics];")).toEqual([
    "undefined",
    "undefined",
    "undefined",
  ]);
});

test("nothing of the machinery can be reached from workflow code", async () => {
  const result = await resultOf(
    sandbox,
    `const found = Object.getOwnPropertyNames(globalThis).filter((name) => /bifrost|ivm|host|handover/i.test(name));
    const frames = [];
    Error.prepareStackTrace = (error, sites) => sites;
    for (const site of new Error().stack) frames.push(site.getFunction(), typeof site.getThis());
    Error.prepareStackTrace = undefined;
    return [found, frames.filter((frame) => typeof frame === "function")];`,
  );
  expect(result).toEqual([[], []]);
});

test("the machinery's own modules cannot be imported by a workflow", async () => {
  const asked: string[] = [];
  const outcome = await run(
    sandbox,
    `export default async () => {
      const refused = [];
      for (const name of ["bifrost:host", "bifrost:module", "bifrost:entry", "node:fs", "isolated-vm"]) {
        try { await import(name); } catch (error) { refused.push(name); }
      }
      return refused.length;
    };`,
    {
      dynamicImport: async (specifier) => {
        asked.push(specifier);
        return {
          diagnostic: {
            code: "unsupported-specifier",
            severity: "error",
            message: "no",
            scope: null,
            path: null,
            line: null,
            column: null,
          },
        };
      },
    },
  );
  expect(outcome.result).toBe(5);
  expect(asked).toHaveLength(5);
});

test("changed prototypes and built-ins change neither a result nor how a failure is told", async () => {
  const pollution = `
    const hooks = ["then", "catch", "finally"];
    for (const name of hooks) Promise.prototype[name] = function () { return this; };
    Object.prototype.toJSON = () => "stolen";
    Object.prototype.get = () => "stolen";
    Array.prototype[Symbol.iterator] = function* () {};
    Function.prototype.call = Function.prototype.apply = () => "stolen";
    Reflect.apply = () => "stolen";
    JSON.stringify = () => "stolen"; JSON.parse = () => "stolen";
    String.prototype.slice = String.prototype.indexOf = () => "stolen";
    globalThis.Promise = globalThis.Error = globalThis.Reflect = globalThis.JSON = undefined;`;
  const returned = await run(sandbox, `${pollution}\nexport default async (input) => input.number + 1;`, {
    input: { number: 1 },
  });
  expect(returned).toMatchObject({ diagnostics: [], result: 2 });
  const thrown = failureOf(
    await run(sandbox, `${pollution}\nexport default async () => { throw new TypeError("told"); };`),
  );
  expect(thrown).toMatchObject({ code: "evaluation-error", message: "TypeError: told", path: "workflows/main.ts" });
  const refused = failureOf(await run(sandbox, `${pollution}\nexport default () => import("./" + "x.ts");`));
  expect(refused.message).toContain('Cannot import "./x.ts"');
});
