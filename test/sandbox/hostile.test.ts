// Code that means harm: each piece ends as its own diagnostic, a run beside it and the run after it end untouched, and
// nothing that it did is there for whoever comes next in the same process.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import fc from "fast-check";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createSandbox } from "../../src/sandbox/pool.ts";
import type { RunOutcome } from "../../src/workspace/run.ts";
import { isLongForm } from "../faults/long-form.ts";
import { children, childrenAfter } from "./children.ts";
import { failureOf, programOf, run } from "./program.ts";

const limits = { wallTimeMs: 500, memoryMegabytes: 32 };
const sandbox = createSandbox({ processes: 2, limits });
const alone = createSandbox({ processes: 1, limits });
afterAll(() => Promise.all([sandbox.close(), alone.close()]));

const fine = "export default () => 'fine';";
// For runs that are not to end by the limit, on however busy a machine.
const patient = { limits: { wallTimeMs: 60_000 } };

test.for([
  ["memory-limit", "const a = []; for (;;) a.push('x'.repeat(2 ** 20).split(''));"],
  ["memory-limit", "const a = []; for (;;) a.push(new Array(1000).fill({ x: 1 }));"],
  ["memory-limit", "const a = []; for (;;) a.push(new ArrayBuffer(2 ** 20));"],
  ["memory-limit", "return 'a'.repeat(2 ** 28).replace(/a/g, 'bb').length;"],
  ["memory-limit", "console.log('x'.repeat(2 ** 27));"],
  ["timeout", "for (;;) new Uint8Array(1e6);"],
  ["timeout", "return { toJSON() { for (;;); } };"],
  ["timeout", "return { get a() { for (;;); } };"],
  ["timeout", "const e = new Error(); Object.defineProperty(e, 'stack', { get() { for (;;); } }); throw e;"],
  ["timeout", "Error.prepareStackTrace = () => { for (;;); }; throw new Error('x');"],
  ["timeout", "return { then() {} };"],
  ["timeout", "const a = Array.from({ length: 1e5 }, Math.random); for (;;) a.sort();"],
  ["timeout", "const s = JSON.stringify(Array.from({ length: 1e5 }, (_, i) => i)); for (;;) JSON.parse(s);"],
  ["memory-limit", "return new Array(2 ** 32 - 1).fill(0).length;"],
  ["timeout", "const again = () => { Promise.resolve().then(again); }; again(); return new Promise(() => {});"],
  ["timeout", "const again = () => queueMicrotask(again); again(); return new Promise(() => {});"],
  ["timeout", "return new Promise(() => { const again = () => setImmediate(again); again(); });"],
  ["output-limit", "for (;;) try { console.error('x'.repeat(1000)); } catch {}"],
  ["output-limit", "return 'x'.repeat(2 ** 20);"],
  ["evaluation-error", "const f = () => { try { f(); } finally { structuredClone({}); new URL('x:y'); } }; f();"],
  ["evaluation-error", "const f = async () => { await f(); }; await f();"],
  ["evaluation-error", "throw new Proxy(new Error('p'), { get() { throw 1; } });"],
  ["evaluation-error", "return new Proxy({}, { ownKeys() { throw 5; } });"],
  ["evaluation-error", "Error.prepareStackTrace = () => { throw new Error('nested'); }; throw new Error('x');"],
  [
    "evaluation-error",
    "const t = []; for (;;) { t.push(new TextDecoder()); t.at(-1).decode(new Uint8Array(1), { stream: true }); }",
  ],
  ["evaluation-error", "process.exit(1);"],
  ["evaluation-error", "process.kill(process.ppid);"],
  ["evaluation-error", "console.log.constructor('return process')().exit();"],
  ["evaluation-error", "crypto.getRandomValues.constructor('return process')().exit();"],
  [
    "evaluation-error",
    "setTimeout.constructor('return this')().constructor.constructor('return require')()('node:fs');",
  ],
] as const)("ends with %s, alone: %s", async ([code, body]) => {
  const ended = Promise.withResolvers<void>();
  const beside = run(sandbox, "export default async () => (await import('./' + 'late.ts')).late;", {
    limits: { wallTimeMs: 60_000 },
    // It is under way for as long as the other one, however long that takes.
    dynamicImport: async () => {
      await ended.promise;
      return { program: programOf({ "late.ts": "export const late = 'untouched';" }) };
    },
  });
  const source = `export default async () => {\n${body}\n};`;
  // What fills memory needs its time on a busy machine, and ends by its memory.
  const wallTimeMs = code === "memory-limit" ? 20_000 : limits.wallTimeMs;
  const failure = failureOf(await run(sandbox, source, { limits: { wallTimeMs } }).finally(() => ended.resolve()));
  expect(failure).toMatchObject({ code, severity: "error", path: "workflows/main.ts" });
  expect((await run(sandbox, fine, patient)).result).toBe("fine");
  expect((await beside).result).toBe("untouched");
});

test.for([
  "console.log",
  "setTimeout",
  "structuredClone",
  "URL",
  "TextDecoder",
  "crypto.randomUUID",
  "performance.now",
  "Event",
  "AbortSignal.timeout",
  "DOMException",
  "queueMicrotask",
  "context.constructor",
  "(await import('bifrost')).log.info",
])("the functions that %s leads to are all of the isolate", async (name) => {
  const source = `import { log } from "bifrost"; export default async (_, context) => {
    const seen = new Set(); const found = [];
    const look = (value, path) => {
      if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
      seen.add(value);
      if (typeof value === "function") {
        const realm = Object.getPrototypeOf(value).constructor("return typeof process + typeof require + (globalThis === this)");
        try { found.push(realm()); } catch (error) { found.push("threw"); }
      }
      for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
        if (at !== value) look(at, path);
        for (const key of Reflect.ownKeys(at)) { try { look(value[key], path + "." + String(key)); } catch {} }
      }
    };
    look(${name}, ""); return [...new Set(found)].filter((each) => each.includes("object") || each.includes("undefinedfunction"));
  };`;
  expect((await run(alone, source)).result).toEqual([]);
});

// Each changes what it can reach and then ends in its own way.
const harms = [
  "for (const name of Reflect.ownKeys(globalThis)) try { globalThis[name] = () => 'stolen'; } catch {}",
  "for (const name of Reflect.ownKeys(globalThis)) try { delete globalThis[name]; } catch {}",
  "Object.defineProperty(Object.prototype, 'leaked', { get: () => 'leaked', set() { throw 1; } });",
  "Object.prototype.then = (resolve) => resolve('stolen'); Object.prototype.toJSON = () => 'stolen';",
  "for (const name of ['then', 'catch', 'finally']) Promise.prototype[name] = () => 'stolen';",
  "for (const kind of [Array, String, Map, Set, RegExp, Function, Error]) for (const name of Object.getOwnPropertyNames(kind.prototype)) try { kind.prototype[name] = () => 'stolen'; } catch {}",
  "Object.defineProperty(Array, Symbol.species, { get() { throw 1; } }); Array.prototype[Symbol.iterator] = function* () {};",
  "JSON.stringify = JSON.parse = () => '\"stolen\"'; Reflect.apply = Reflect.defineProperty = () => { throw 1; };",
  "Error.prepareStackTrace = () => 'stolen'; Error.stackTraceLimit = 0; Error.captureStackTrace = () => {};",
  "Date.now = Math.random = performance.constructor.now = () => 4; Symbol.iterator.constructor.prototype.x = 1;",
  "setInterval(() => console.log('leaked'), 1); setTimeout(() => { throw new Error('leaked'); }, 5);",
  "queueMicrotask(() => { globalThis.leaked = 1; }); Promise.reject(new Error('leaked'));",
  "new TextDecoder().decode(new Uint8Array([0xe2]), { stream: true }); console.group('leaked'); console.count(); console.time();",
  "import('./' + 'leaked.ts').catch(() => {}); globalThis.held = new ArrayBuffer(1e6);",
  "Object.freeze(Object.prototype); Object.freeze(Array.prototype); Object.seal(globalThis);",
  "globalThis.leaked = Symbol.for('leaked'); RegExp.prototype.exec = () => null; new FinalizationRegistry(() => {}).register({});",
] as const;
const ways = [
  "export default () => 'done';",
  "throw new Error('on purpose');",
  "export default () => { throw { a: 1 }; };",
  "export default () => new Promise(() => {});",
  "export default () => { for (;;) try { console.log('flood'.repeat(1e5)); } catch {} };",
  "const deep = () => deep(); export default () => deep();",
  "syntax error here",
] as const;

// What a run finds: the shape of its realm, and what its tools do.
const probe = `
import { context, log } from "bifrost";
const shapeOf = (value) => Reflect.ownKeys(value).map((key) => {
  const { value: held, ...how } = Object.getOwnPropertyDescriptor(value, key);
  return [String(key), typeof held, JSON.stringify(how), typeof held === "function" ? held.name + held.length : ""].join(" ");
});
const shapes = [];
for (const name of Reflect.ownKeys(globalThis)) {
  const value = globalThis[name];
  if ((typeof value !== "object" && typeof value !== "function") || value === null) continue;
  shapes.push(String(name), ...shapeOf(value), ...(value.prototype ? shapeOf(value.prototype) : []));
}
console.count(); console.timeEnd(); console.log("%s", [1, { a: 2 }]); log.info(context.workflow);
export default async (input) => {
  const reached = []; setTimeout(() => reached.push("timer")); await new Promise((resolve) => setTimeout(resolve, 3));
  let thrown; try { null.x; } catch (error) { thrown = [error.message, error.stack]; }
  return [shapeOf(globalThis), shapes, reached, thrown, Object.isFrozen(Object.prototype), Symbol.keyFor(Symbol.for("x")), typeof leaked, ({}).leaked ?? null,
    new URL("?a=1", "https://x.y").searchParams.get("a"), new TextDecoder().decode(new Uint8Array([0x82])), structuredClone(new Map([[1, input]])).get(1),
    Math.random() !== Math.random(), String(Date.now()).length, JSON.stringify({ a: [1] }), /a(b)/.exec("ab"), [..."ab"].map((each) => each + 1)];
};`;

function seenBy({ durationMs, ...outcome }: RunOutcome) {
  expect(durationMs).toBeGreaterThan(0);
  return outcome;
}

test("what one run does is not seen by the next in the same process, whatever it does", {
  timeout: 3_600_000,
}, async () => {
  const probed = () => run(alone, probe, { input: { number: 1 }, ...patient });
  const first = seenBy(await probed());
  expect(first.diagnostics).toEqual([]);
  const before = children();
  await fc.assert(
    fc.asyncProperty(fc.subarray([...harms], { minLength: 1 }), fc.constantFrom(...ways), async (done, way) => {
      await run(alone, `${done.map((harm) => `try { ${harm} } catch {}`).join("\n")}\n${way}`);
      expect(seenBy(await probed())).toEqual(first);
    }),
    { numRuns: isLongForm ? 2000 : 60 },
  );
  // None of these has to be killed: it was the same process that ran them all.
  expect(children()).toEqual(expect.arrayContaining(before));
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

test.for<readonly [string, Readonly<Record<string, string>>]>([
  [
    "a sum that is nested too deeply",
    { "main.js": `export default () => 1\nexport const s = ${"1+".repeat(5_000)}1;` },
  ],
  [
    "names that double from layer to layer",
    {
      ...Object.fromEntries(
        numbers(30).flatMap((layer) =>
          ["a", "b"].map((name) => [
            `${name}${layer}.js`,
            layer === 0
              ? `export const ${name} = 1;`
              : `export * from "./a${layer - 1}.js"; export * from "./b${layer - 1}.js";`,
          ]),
        ),
      ),
      "main.js": 'import * as all from "./a29.js"; export default () => Object.keys(all).length;',
    },
  ],
  [
    "code that weighs more than a run may",
    {
      ...Object.fromEntries(
        numbers(5).map((module) => [
          `m${module}.js`,
          `export const v = 1;${numbers(16_000)
            .map((number) => `function f${module}_${number}(a) { return a + ${number} }`)
            .join("")}`,
        ]),
      ),
      "main.js": `${numbers(5)
        .map((module) => `import { v as v${module} } from "./m${module}.js";`)
        .join("")} export default () => 1;`,
    },
  ],
])("a program that comes back harms no run after it: %s", async ([, files]) => {
  const once = createSandbox({ processes: 1 });
  onTestFinished(() => once.close());
  // The third run may find it a script.
  for (let round = 0; round < 3; round += 1) {
    expect((await run(once, files)).diagnostics).toEqual([]);
    expect(await run(once, fine)).toMatchObject({ ok: true, result: "fine" });
  }
});

test("a child process is given no argument, no environment, no file and no connection but the channel to its parent", async () => {
  const before = children();
  const fresh = createSandbox({ processes: 1 });
  onTestFinished(() => fresh.close());
  await run(fresh, fine);
  const [pid] = childrenAfter(before);
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean).slice(1);
  expect(words.filter((word) => !word.startsWith("--"))).toEqual([
    expect.stringMatching(/src\/sandbox\/child\/main\.ts$/),
  ]);
  const open = readdirSync(`/proc/${pid}/fd`).map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
  const files = open.filter((target) => target.startsWith("/") && target !== "/dev/null");
  expect(files).toEqual([]);
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe("/");
  // Standard error, which tells how V8 died, and the channel; both are nameless and lead to the parent.
  expect(open.filter((target) => target.startsWith("socket:")).length).toBeLessThanOrEqual(2);
});
