// Whatever crosses between an isolate and its process, each tried as somebody would who wants to get out. docs/security.md lists
// all of it, and which test holds what.
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { run } from "./program.ts";

const sandbox = createSandbox({ processes: 1, limits: { wallTimeMs: 60_000 } });
afterAll(() => sandbox.close());

/** Code in which `outside(value)` says what of the process a value leads to: nothing, where it is the isolate's own. */
const prelude = `
const outside = (value) => {
  const found = [];
  for (let at = value, steps = 0; at != null && steps < 10; at = Object.getPrototypeOf(at), steps += 1) {
    let make; try { make = at.constructor?.constructor; } catch {}
    if (typeof make !== "function") continue;
    try { found.push(make("return typeof process + typeof require + typeof Buffer")()); } catch (error) { found.push("threw"); }
  }
  return found.filter((each) => each !== "undefinedundefinedundefined" && each !== "threw");
};
const thrownBy = (work) => { try { work(); } catch (error) { return error; } };
`;

test.each([
  [
    "an error of a host function that refuses its argument",
    "return outside(thrownBy(() => new TextDecoder('no such label')));",
  ],
  ["an error of a host function that cannot read its argument", "return outside(thrownBy(() => new URL('::::')));"],
  ["an error of a clone that cannot be made", "return outside(thrownBy(() => structuredClone(() => {})));"],
  [
    "an error of an import() that is refused",
    "return import('nowhere').then(() => ['came'], (error) => outside(error));",
  ],
  [
    "what a clone gives",
    "const { a, b } = structuredClone({ a: new Map([[1, new Date()]]), b: /x/ }); return [...outside(a), ...outside(b), ...outside(a.get(1))];",
  ],
  [
    "the bytes that a host function gives",
    "const bytes = new TextEncoder().encode('x'); return [...outside(bytes), ...outside(bytes.buffer)];",
  ],
  ["random bytes", "return outside(crypto.getRandomValues(new Uint8Array(8)));"],
  ["the input", "return [...outside(input), ...outside(input.list)];"],
  ["the context", "return [...outside(context), ...outside(context.revision)];"],
  ["import.meta", "return [...outside(import.meta), ...Object.keys(import.meta).filter((key) => key !== 'url')];"],
  [
    "the arguments of a timer",
    "return new Promise((resolve) => setTimeout((...rest) => resolve(rest.flatMap(outside)), 1, {}, []));",
  ],
  ["this in a timer", "return new Promise((resolve) => setTimeout(function () { resolve(outside(this)); }, 1));"],
  [
    "an event",
    "return new Promise((resolve) => { const target = new EventTarget(); target.addEventListener('x', (event) => resolve(outside(event))); target.dispatchEvent(new Event('x')); });",
  ],
  ["the reason of a signal", "return outside(AbortSignal.abort().reason);"],
  [
    "the constructor of functions",
    "return [Function, (async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor].flatMap((make) => outside(make('return 1')));",
  ],
  [
    "what eval sees",
    "return [(0, eval)('typeof process'), eval('typeof require'), new Function('return typeof globalThis.process')()].filter((each) => each !== 'undefined');",
  ],
  [
    "a realm of its own",
    "return ['ShadowRealm', 'Worker', 'WebAssembly', 'SharedArrayBuffer', 'Atomics'].filter((name) => name in globalThis);",
  ],
  ["what a debugger would see", "debugger; return ['inspector', 'debug'].filter((name) => name in globalThis);"],
  [
    "frames after an await",
    `await new Promise((resolve) => setTimeout(resolve, 1));
    Error.prepareStackTrace = (error, sites) => sites;
    const sites = (await (async () => { await null; return new Error().stack; })()) ?? [];
    Error.prepareStackTrace = undefined;
    return sites.flatMap((site) => [site.getFunction?.(), site.getThis?.()]).filter((each) => each !== undefined && each !== globalThis);`,
  ],
  [
    "a function that a host function was given",
    `const seen = []; let caller;
    const trap = { toString() { caller = arguments.callee?.caller; seen.push(caller); return "x"; }, valueOf() { return 1; } };
    try { atob(trap); } catch {} try { new URL(trap); } catch {} try { new TextDecoder(trap); } catch {}
    return seen.filter((each) => typeof each === "function");`,
  ],
])("nothing of the process is behind %s", async (_, body) => {
  const source = `${prelude}\nexport default async (input, context) => {\n${body}\n};`;
  expect(await run(sandbox, source, { input: { list: [1] } })).toMatchObject({ diagnostics: [], result: [] });
});

// Values that do something when they are looked at.
const traps = `
const traps = () => [
  null, undefined, Symbol("x"), 1n, NaN, -1, 2 ** 53, {}, [], () => {}, "\\ud800", "x".repeat(1e5), new Date(NaN),
  { toString() { throw new Error("looked at"); } }, { valueOf() { throw new Error("looked at"); } },
  { get length() { throw new Error("looked at"); } }, { [Symbol.toPrimitive]: () => ({}) }, Object.create(null),
  new Proxy({}, { get() { throw new Error("looked at"); }, ownKeys() { throw new Error("looked at"); }, getPrototypeOf() { throw new Error("looked at"); } }),
  new Proxy(() => {}, { apply() { throw new Error("looked at"); } }),
  (() => { const circle = []; circle.push(circle); return circle; })(),
  new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 })), (() => { const bytes = new Uint8Array(8); structuredClone(bytes, { transfer: [bytes.buffer] }); return bytes; })(),
  { then(resolve) { resolve("stolen"); } }, globalThis, Function.prototype, new (class extends Promise {})(() => {}),
];`;

test.each([
  "console.log(trap)",
  "console.table(trap)",
  "console.count(trap)",
  "setTimeout(trap, 1)",
  "setTimeout(() => {}, trap)",
  "clearTimeout(trap)",
  "setInterval(() => {}, trap)",
  "queueMicrotask(trap)",
  "structuredClone(trap)",
  "structuredClone({}, { transfer: trap })",
  "structuredClone(trap, trap)",
  "new URL(trap)",
  "new URL('x', trap)",
  "new URL('https://x.y').searchParams.set(trap, trap)",
  "new URLSearchParams(trap)",
  "Object.assign(new URL('https://x.y'), { host: trap, port: trap, search: trap })",
  "new TextDecoder(trap)",
  "new TextDecoder('utf-8', trap)",
  "new TextDecoder().decode(trap)",
  "new TextDecoder().decode(trap, { stream: trap })",
  "new TextEncoder().encode(trap)",
  "new TextEncoder().encodeInto('x', trap)",
  "atob(trap)",
  "btoa(trap)",
  "crypto.getRandomValues(trap)",
  "new Event(trap, trap)",
  "new EventTarget().addEventListener('x', trap)",
  "AbortSignal.timeout(trap)",
  "AbortSignal.any(trap)",
  "new DOMException(trap, trap)",
  "performance.now(trap)",
  "import(trap)",
  "Reflect.construct(Error, [trap]).stack",
])("%s is the isolate's own affair, whatever is given", async (call) => {
  const source = `${traps}
    export default async () => {
      const ends = [];
      for (const trap of traps()) {
        try { const made = ${call}; if (made instanceof Promise) made.catch(() => {}); clearTimeout(made); ends.push("gave"); }
        catch (error) { ends.push(error === null || typeof error !== "object" || error.constructor.constructor("return typeof process")() === "undefined" ? "threw" : "OUTSIDE"); }
      }
      return [...new Set(ends)].filter((end) => end === "OUTSIDE").length + " of " + (ends.length === traps().length);
    };`;
  const outcome = await run(sandbox, source);
  // A thing that is thrown later fails the run; it must be the run's own failure, told as such.
  for (const { code } of outcome.diagnostics) expect(["evaluation-error", "output-limit"]).toContain(code);
  if (outcome.ok) expect(outcome.result).toBe("0 of true");
  expect((await run(sandbox, "export default () => 'fine';")).result).toBe("fine");
});

test("isolates are made with a limit of memory and nothing else: no inspector, and no snapshot of somebody's state", () => {
  const folder = new URL("../../src/sandbox/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const made = files.flatMap((path) =>
    Array.from(
      readFileSync(new URL(path, folder), "utf8").matchAll(/new ivm\.Isolate\(([^)]*)/g),
      ([, given = ""]) => given,
    ),
  );
  expect(made.length).toBeGreaterThanOrEqual(2);
  for (const given of made) expect(given).toMatch(/^\{ memoryLimit: /);
  expect(
    files.filter((path) => /createSnapshot|createInspectorSession/.test(readFileSync(new URL(path, folder), "utf8"))),
  ).toEqual([]);
});
