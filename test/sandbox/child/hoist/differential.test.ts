// A program that comes back runs as one script: whatever it does, it must do as V8's own modules do. Every program here is run
// both ways.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CompileProcess, startCompileProcess } from "../../../../src/sandbox/compile-process.ts";
import { type SandboxProcess, startProcess } from "../../../../src/sandbox/process.ts";
import type { ProgramScript } from "../../../../src/sandbox/protocol.ts";
import { defaultRunLimits, type RunOutcome } from "../../../../src/workspace/run.ts";
import { context, programOf } from "../../program.ts";
import { randomProgram } from "./random-program.ts";

const watch = { watchIntervalMs: 50, residentAllowanceMegabytes: 128, residentMegabytesMax: undefined };

let compiling: CompileProcess;
let running: SandboxProcess;
/** The script of the program that runs now; without one it runs as modules. */
let script: ProgramScript | undefined;
let isScriptable = false;

beforeAll(async () => {
  compiling = startCompileProcess(watch);
  running = startProcess({ ...watch, graceMs: 1_000, scripts: { of: () => script, countRun, refuse: () => {} } });
  await running.ready;
});
afterAll(() => Promise.all([compiling.end(), running.end("the test is over")]));

function countRun(): void {
  isScriptable = true;
}

// The first brings the script into the process, and the second may find it compiled in an isolate that waits.
const runsAsScript = 2;

/** Runs a program as modules and, where it can be one, as a script, and compares. Gives whether it could. */
async function runBothWays(files: Readonly<Record<string, string>>): Promise<boolean> {
  const program = programOf(files);
  const run = async (): Promise<Omit<RunOutcome, "durationMs">> => {
    const { durationMs: _, ...outcome } = await running.run(
      { program, context, mode: "call", input: { seed: 7 } },
      defaultRunLimits,
    );
    return outcome;
  };
  script = undefined;
  isScriptable = false;
  const asModules = JSON.stringify(await run(), null, 1);
  script = isScriptable ? ((await compiling.compile(program)) ?? undefined) : undefined;
  for (let time = 1; script && time <= runsAsScript; time += 1) {
    const told = JSON.stringify(await run(), null, 1);
    expect(told, `as a script, run ${time} of ${JSON.stringify(files, null, 1)}`).toBe(asModules);
  }
  return script !== undefined;
}

const graphs = process.env.BIFROST_TEST_SOAK ? 5_000 : 250;

test(`${graphs} random programs do the same as one script and as modules`, { timeout: 30 * 60_000 }, async () => {
  let scripts = 0;
  for (let seed = 1; seed <= graphs; seed += 1) if (await runBothWays(randomProgram(seed))) scripts += 1;
  // Otherwise nothing was compared.
  expect(scripts).toBeGreaterThan(graphs / 4);
});

const shown = (body: string) => `export default () => {\n${body}\n};`;

test.each<[string, Record<string, string>]>([
  [
    "a default export without a name is called default",
    {
      "a.js": "export default function () {}\n",
      "b.js": "export default class { static called = this.name }",
      "c.js": "export default (x) => x;",
      "main.js": `import a from "./a.js"; import b from "./b.js"; import c from "./c.js";\n${shown("return [a.name, b.name, b.called, c.name, String(a), String(c)];")}`,
    },
  ],
  [
    "a namespace is V8's own",
    {
      "a.js": 'export const b = 1; export const a = 2; export default 3; export { a as "odd name" };',
      "main.js": `import * as ns from "./a.js";\n${shown(`
      const tried = [];
      for (const act of [() => { ns.a = 5; }, () => { delete ns.a; }, () => { ns.other = 1; }, () => Object.defineProperty(ns, "a", { value: 9 }), () => ns.none]) {
        try { tried.push([typeof act(), "fine"]); } catch (error) { tried.push([error.name, error.message]); }
      }
      return [Object.keys(ns), String(ns), Reflect.ownKeys(ns).map(String), Object.getOwnPropertyDescriptor(ns, "a"), Object.isExtensible(ns), Object.isSealed(ns), Object.isFrozen(ns), Object.getPrototypeOf(ns), tried];`)}`,
    },
  ],
  [
    "an import cannot be assigned to",
    {
      "a.js": "export let value = 1;",
      "main.js": `import { value } from "./a.js";\n${shown("try { value = 2; } catch (error) { return [error.name, error.message]; }")}`,
    },
  ],
  [
    "statements that end without a semicolon stay apart",
    {
      "a.js":
        "let count = 1\nexport { count }\n[1].forEach(() => { count += 1 })\nexport default count\n(function () {})\n",
      "main.js": `import value, { count } from "./a.js"\n(() => {})()\n${shown("return [value, count]")}`,
    },
  ],
  [
    "the top level has no this and no arguments",
    {
      "main.js": `const self = this; const has = typeof arguments;\n${shown("return [self === undefined, has]")}`,
    },
  ],
  [
    "an error at the top level of a dependency has its place",
    {
      "a.js": "export const a = 1;\n\n    null.x;\n",
      "main.js": `import { a } from "./a.js";\n${shown("return a")}`,
    },
  ],
  [
    "stacks name modules, lines and columns",
    {
      "global:a.js":
        "export const make = () => new Error('x').stack;\nexport class A { static of() { return new A(); } constructor() { this.stack = make(); } }",
      "main.js": `import { A, make } from "./a.js";\nconst early = make();\n${shown("return [early, A.of().stack, [1].map(() => make()), new Function('f', 'return f()')(make)];")}`,
    },
  ],
  [
    "stacks across an await",
    {
      "a.js": "export async function wait() { await null; throw new TypeError('late'); }",
      "main.js": `import { wait } from "./a.js";\nexport default async () => { try { await wait(); } catch (error) { return error.stack; } };`,
    },
  ],
  [
    "an export that changes later stays live",
    {
      "a.js": "export let count = 0; export function raise() { count += 1; }",
      "main.js": `import { count, raise } from "./a.js";\n${shown("raise(); raise(); return count;")}`,
    },
  ],
  [
    "a circle runs as modules",
    {
      "a.js": 'import { b } from "./b.js"; export function a() { return b; }',
      "b.js": 'import { a } from "./a.js"; export const b = typeof a;',
      "main.js": `import { a } from "./a.js";\n${shown("return a();")}`,
    },
  ],
  [
    "a top level that waits runs as modules",
    {
      "a.js": "export const a = await Promise.resolve(4);",
      "main.js": `import { a } from "./a.js";\n${shown("return a;")}`,
    },
  ],
  [
    "an import() and import.meta beside names that are written with escapes",
    {
      "a.js": "export const a = 1;",
      "main.js": `const \\u0024____0 = 5, $____\\u{31} = 6;\nexport default async () => [$____0, $____1, (await import("./a.js")).a, import.meta.url];`,
    },
  ],
  [
    "an import() finds the very module",
    {
      "a.js": "export const a = {};",
      "main.js": `import * as ns from "./a.js";\nexport default async () => (await import("./a.js")) === ns;`,
    },
  ],
  [
    "what begins an HTML comment in a script is an operator in a module",
    {
      "main.js": shown("let a = 1; let b = 2; return [a<!--b];"),
    },
  ],
  [
    "types, JSON, the SDK and import.meta",
    {
      "data.json": '{ "__proto__": 1, "a": [1] }',
      "types.ts": "export interface Shape { a: number }\nexport const of = (shape: Shape): number => shape.a;",
      "main.ts": `import data from "./data.json" with { type: "json" };\nimport { context, log } from "bifrost";\nimport { of, type Shape } from "./types.ts";\nlog.info("here");\nconst shape: Shape = { a: 3 };\nexport default (input: unknown) => [data, Object.keys(data), context, input, of(shape), import.meta.url, new Error("x").stack];`,
    },
  ],
  [
    "names that a script might use for itself",
    {
      "a.js": "export const $0_0 = 1, $1_ = 2, $$ = 3, $_ = 4, $a = 5;\nexport default ($a, 6);",
      "main.js": `import def, { $0_0, $1_, $$ } from "./a.js";\n${shown("return [def, $0_0, $1_, $$];")}`,
    },
  ],
  [
    "names that are written with escapes",
    {
      "a.js": "export let price = 1; export const \\u0024a = 2, $b = 3;\nexport default (\\u{24}a, 4);",
      "b.js": "export const told = []; try { \\u00240_0 = 99; } catch (error) { told.push(error.message); }",
      "c.js":
        "import { told } from './b.js'; try { told.push(Object.keys(\\u{000024}0_h)); } catch (error) { told.push(error.message); }",
      "main.js": `import { told } from "./b.js"; import "./c.js"; import value, { price, $a, $b } from "./a.js";\n${shown("return [told, value, price, $a, $b];")}`,
    },
  ],
  [
    "arguments that are written with an escape",
    {
      "main.js": `let count; try { count = \\u0061rguments.length; } catch (error) { count = error.message; }\n${shown("return count;")}`,
    },
  ],
  [
    "escapes do not open the handover",
    {
      "a.js": "try { \\u00240_h.settle(0, { default: () => 'forged' }); } catch {}",
      "main.js": `import "./a.js";\nexport default async () => {\n  await null;\n  await null;\n  throw new Error("real");\n};`,
    },
  ],
  [
    "a handler of stacks, by a name that stands nowhere",
    {
      "a.js": `Error["prepare" + "StackTrace"] = (error, sites) => sites.map((site) => [site.getFileName(), site.getLineNumber(), String(site)]);\nexport const stack = new Error("x").stack;`,
      "main.js": `import { stack } from "./a.js";\n${shown('return [stack, new Error("y").stack, typeof Error["prepare" + "StackTrace"]];')}`,
    },
  ],
  [
    "a handler of stacks of a class that extends Error is that class's own",
    {
      "main.js": `class Own extends Error {}\nconst name = "prepare" + "StackTrace";\nOwn[name] = () => "own";\n${shown("return [Object.keys(Own), new Own('x').stack, new Error('y').stack, Object.hasOwn(Error, name), delete Own[name], typeof Own[name]];")}`,
    },
  ],
  [
    "a comment that names a text names no other",
    {
      "a.js": "export function f() {}\n//# sourceURL=webpack://vendor/x.js\n",
      "main.js": `import { f } from "./a.js";\n\n${shown("f();\nnull.x;")}`,
    },
  ],
  [
    "a text that ends with a lone CR moves no line of the next",
    {
      "a.js": "export function f() { throw new Error('x'); }\r",
      "b.js": "\r\n\u2028export const stack = new Error('y').stack;\r\r",
      "main.js": `import { stack } from "./b.js"; import { f } from "./a.js";\r\n${shown("console.log(stack);\r\nf();")}`,
    },
  ],
  [
    "re-exports of every kind",
    {
      "a.js": "export const one = 1, both = 'a'; export default 'a';",
      "b.js": "export const two = 2; export { one as both } from './a.js';",
      "all.js": `export * from "./a.js";\nexport * from "./b.js";\nexport * as whole from "./a.js";\nexport { default as first, both } from "./a.js";\nimport * as again from "./b.js";\nexport { again };`,
      "main.js": `import * as all from "./all.js";\nimport { whole, again, first } from "./all.js";\n${shown("return [Object.keys(all), all.both, Object.keys(whole), Object.keys(again), first, all.whole === whole];")}`,
    },
  ],
])("%s", async (_, files) => {
  await runBothWays(files);
});
