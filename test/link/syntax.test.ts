// What the linker takes for a module that can run, against what Node's own eraser of types and V8 say of the same text.
import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "vitest";
import { workspaceOf } from "./linking.ts";
import { askV8 } from "./v8.ts";

const erasable = [
  "interface A { x: number } type B = A; const x: B = { x: 1 }; export default x satisfies A as A;",
  "declare enum A { X } declare const enum B { Y } export {};",
  "declare namespace N { const x: number; enum E { A } }",
  "declare module 'x' { export const y: number; }",
  "declare global { interface Window { x: number } } export {};",
  "namespace N { export type X = 1; export interface Y {} } export {};",
  "namespace N {}",
  "abstract class A { abstract x(): void; declare y: number; private z = 1; readonly w?: number; #v = 2 }",
  "class A { constructor(x: number, y?: string) { void [x, y]; } }",
  "declare class A { constructor(x: number); }",
  "function f(a: string): void; function f(a: unknown) { void a; } export { f };",
  "export default function f(a: string): void; export default function f(a: unknown) { void a; }",
  "const f = <T,>(x: T): x is T & string => typeof x === 'string'; f<string>('');",
  "let x!: number; x = 1; const y = x!; export { y };",
  "import type { A } from './gone'; import type B from './gone'; import type * as C from './gone'; export {};",
  "export type { A } from './gone'; export type * from './gone'; export type * as D from './gone';",
  "import type fs = require('fs'); export {};",
  "interface A {} class A {} export { A };",
  "type A = 1; const A = 1; export { A };",
  "type A = 1; export type { A };",
  "{ var hidden = 1; } export { hidden };",
  "const [a, { b, c: [d = 1, ...e] }, ...f] = [1, { b: 1, c: [] }] as never; export { a, b, d, e, f };",
  "using x = null; await using y = null;",
  "await Promise.resolve(import.meta.url);",
  'const x = 1; export { x as "any name" };',
  "export const re = /(?<year>\\d{4})/v;",
];

const refused = [
  ["enum A { X }", "unsupported-syntax", 1],
  ["const enum A { X }", "unsupported-syntax", 1],
  ["function f() { enum A { X } }", "unsupported-syntax", 16],
  ["namespace N { export const x = 1; }", "unsupported-syntax", 1],
  ["namespace N { namespace M { let x; } }", "unsupported-syntax", 1],
  ["module M {}", "unsupported-syntax", 1],
  ["class A { constructor(private x: number) {} }", "unsupported-syntax", 23],
  ["class A { constructor(readonly x: number) {} }", "unsupported-syntax", 23],
  ["import fs = require('fs');", "unsupported-syntax", 1],
  ["import A = B.C;", "unsupported-syntax", 1],
  ["export = 3;", "unsupported-syntax", 1],
  ["export as namespace Foo;", "unsupported-syntax", 1],
  ["const x = <number>1;", "unsupported-syntax", 11],
  ["@decorate class A {}", "unsupported-syntax", 1],
  ["class A { @decorate x = 1 }", "unsupported-syntax", 11],
  ["class A { accessor x = 1 }", "unsupported-syntax", 11],
  ["interface A {} export { A };", "unsupported-syntax", 25],
  ["export { nothing };", "syntax-error", 10],
  ["import { x } from './m'; const x = 1;", "syntax-error", 32],
  ["const x = ;", "syntax-error", 11],
  ["let x; let x;", "syntax-error", 12],
  ["export const x = 1; export { x };", "syntax-error", 30],
  ["const re = /(/;", "syntax-error", 12],
  ["export { x as default }; export default 1; const x = 1;", "syntax-error", 15],
  ["with (x) {}", "syntax-error", 1],
  ["return 1;", "syntax-error", 1],
  ["import x from './m' assert { type: 'json' };", "syntax-error", 21],
] as const;

/** Whether Node erases the types and V8 compiles what is left. Where V8 would link more, it finds one module for all. */
async function runs(sources: readonly string[]): Promise<boolean[]> {
  const other = { source: "export const x = 1; export default x;", imports: {} };
  const erased = sources.map((source) => {
    try {
      return stripTypeScriptTypes(source);
    } catch {
      return undefined;
    }
  });
  const verdicts = await askV8(
    erased.map((source) => ({
      entry: "entry",
      modules: { entry: { source: source ?? "", imports: { "./m": "other" } }, other },
    })),
  );
  return erased.map((source, position) => source !== undefined && verdicts[position]?.refusal === null);
}

test("link() accepts TypeScript that is nothing but types beside JavaScript", async () => {
  for (const source of erasable) {
    expect(workspaceOf({ global: { "a.ts": source } }).link("a.ts").diagnostics, source).toEqual([]);
  }
  expect((await runs(erasable)).map((ok, position) => [erasable[position], ok])).toEqual(
    erasable.map((source) => [source, true]),
  );
});

test("link() refuses syntax that erasing types does not make JavaScript, at its place", async () => {
  for (const [source, code, column] of refused) {
    const { diagnostics, program } = workspaceOf({ global: { "a.ts": source, "m.ts": "export const x = 1" } }).link(
      "a.ts",
    );
    expect(
      diagnostics.map((found) => [found.code, found.severity, found.line, found.column]),
      source,
    ).toContainEqual([code, "error", 1, column]);
    expect(program, source).toBeUndefined();
  }
  const sources = refused.map(([source]) => source);
  expect((await runs(sources)).map((ok, position) => [sources[position], ok])).toEqual(
    sources.map((source) => [source, false]),
  );
});

test("link() gives a remedy with every syntax that it does not support", () => {
  for (const [source, code] of refused) {
    if (code !== "unsupported-syntax") continue;
    for (const { remedy } of workspaceOf({ global: { "a.ts": source } }).link("a.ts").diagnostics) {
      expect(remedy, source).toMatch(/^[A-Z]/);
    }
  }
});

test.each([
  ['{"a":1,}', 1, 8],
  ["{", 1, 2],
  ["", 1, 1],
  ['{\n  "a": tru\n}', 2, 11],
  ["[1\r\n,, 2]", 2, 2],
  ["{'a': 1}", 1, 2],
  ['{"a": 1} x', 1, 10],
  ["\ufeff{}", 1, 1],
])("link() finds where the JSON %j is broken", (source, line, column) => {
  const { diagnostics } = workspaceOf({ global: { "a.ts": 'import a from "./a.json"', "a.json": source } }).link(
    "a.ts",
  );
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]).toMatchObject({ code: "syntax-error", severity: "error", path: "a.json", line, column });
});

test("a message about broken JSON does not quote the file", () => {
  const { diagnostics } = workspaceOf({ global: { "a.json": '{"password": hunter2}' } }).link("a.json");
  expect(diagnostics[0]?.code).toBe("syntax-error");
  expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
});

test.each([
  ["a.ts", "export default () => <div>hi</div>;", 22],
  ["a.mts", "const x = <Foo a={1} />;", 11],
  ["a.js", "const x = <>a</>;", 11],
  ["a.mjs", "const x = <a.b>{(</a.b>;", 11],
])("link() calls JSX by its name, in %s: %s", (path, source, column) => {
  const { diagnostics } = workspaceOf({ global: { [path]: source } }).link(path);
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      code: "unsupported-syntax",
      message: "JSX is not JavaScript, and no step here makes it so",
      line: 1,
      column,
    }),
  );
});

test.each([
  ["const a = 1, b = 2; export default (a</*>*/b);", true],
  ["const x = 1 </x/.source.length; export default x;", true],
  ["const x = '</div>'; const = 1;", false],
])("link() takes for JSX nothing that only looks like it: %s", (source, isFine) => {
  const { diagnostics } = workspaceOf({ global: { "a.ts": source } }).link("a.ts");
  expect(diagnostics.map(({ code }) => code)).toEqual(isFine ? [] : ["syntax-error"]);
});

test("link() takes casts and generic arrows in .mts as in .ts", () => {
  const refusal = {
    code: "unsupported-syntax",
    line: 1,
    column: 11,
    message: expect.stringContaining("angle brackets"),
  };
  for (const path of ["a.ts", "a.mts"]) {
    const linked = (source: string) => workspaceOf({ global: { [path]: source } }).link(path).diagnostics;
    expect(linked("const x = <number>1;"), path).toMatchObject([refusal]);
    expect(linked("export const x = 1 as number; export const f = <T,>(x: T) => x satisfies T as T;"), path).toEqual(
      [],
    );
    expect(linked("export const f = <T>(x: T): T => x;"), path).toEqual([]);
  }
});
