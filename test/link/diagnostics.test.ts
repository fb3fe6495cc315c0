// What the linker says of every way in which an import can go wrong: code, place and words.
import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/workspace/diagnostic.ts";
import { type Files, workspaceOf } from "./linking.ts";

const shared: Files = {
  "shared/halopsa.ts": "export interface Ticket { id: number }\nexport const tickets = [], getTicket = () => 1;",
  "shared/data.json": '{"a": 1}',
  "one.ts": "export const x = 1, only = 1;",
  "two.ts": "export const x = 2;",
  "both.ts": 'export * from "./one"; export * from "./two";',
  "circle/a.ts": 'export { x } from "./b";',
  "circle/b.ts": 'export { x } from "./a";',
  "js.ts": "export const fromTs = 1;",
  "twice.ts": "",
  "twice.js": "",
};

/** The diagnostics of one workflow over the shared files. */
function diagnose(source: string, files: Files = {}): readonly Diagnostic[] {
  return workspaceOf({ org: { "workflows/w.ts": source, ...files }, global: shared }).link("workflows/w.ts")
    .diagnostics;
}

/** Code, and the text that line, column and endColumn mark. */
function marks(source: string, files?: Files): string[] {
  const lines = source.split(/\r\n|\r|\n/);
  return diagnose(source, files).map(({ code, path, line, column, endColumn }) => {
    expect(path).toBe("workflows/w.ts");
    return `${code} ${lines[(line ?? 0) - 1]?.slice((column ?? 0) - 1, (endColumn ?? 0) - 1)}`;
  });
}

test.each([
  ['import { x } from "shared/nowhere";', 'module-not-found "shared/nowhere"'],
  ['export * from "./nowhere";', 'module-not-found "./nowhere"'],
  ["import './nowhere';", "module-not-found './nowhere'"],
  ['import "../nowhere/deep";', 'module-not-found "../nowhere/deep"'],
  ['import { nothing } from "shared/halopsa";', "export-not-found nothing"],
  ['import { nothing as tickets } from "shared/halopsa";', "export-not-found nothing"],
  ['import { "no such name" as a } from "shared/halopsa";', 'export-not-found "no such name"'],
  ['import halopsa from "shared/halopsa";', "export-not-found halopsa"],
  ['import { default as halopsa } from "shared/halopsa";', "export-not-found default"],
  ['export { nothing } from "shared/halopsa";', "export-not-found nothing"],
  ['export { default } from "shared/halopsa";', "export-not-found default"],
  ['import { Ticket } from "shared/halopsa";', "export-not-found Ticket"],
  ['export { Ticket } from "shared/halopsa";', "export-not-found Ticket"],
  ['import { a } from "shared/data.json";', "export-not-found a"],
  ['import { lag } from "bifrost";', "export-not-found lag"],
  ['import bifrost from "bifrost";', "export-not-found bifrost"],
  ['import { x } from "both";', "ambiguous-export x"],
  ['export { x as y } from "both";', "ambiguous-export x"],
  ['import { fromTs } from "js" with { type: "json" };', 'unsupported-syntax type: "json"'],
  ['import data from "shared/data" with { type: "css" };', 'unsupported-syntax type: "css"'],
  ['import data from "shared/data" with { kind: "json" };', 'unsupported-syntax kind: "json"'],
  ['import lodash from "lodash";', 'unsupported-specifier "lodash"'],
  ['import x from "@octokit/core";', 'unsupported-specifier "@octokit/core"'],
  ['import x from "#internal";', 'unsupported-specifier "#internal"'],
  ['import fs from "fs";', 'unsupported-specifier "fs"'],
  ['import fs from "fs/promises";', 'unsupported-specifier "fs/promises"'],
  ['import fs from "node:fs";', 'unsupported-specifier "node:fs"'],
  ['import x from "https://example.org/x.js";', 'unsupported-specifier "https://example.org/x.js"'],
  ['import x from "/shared/halopsa";', 'unsupported-specifier "/shared/halopsa"'],
  ['import x from "../../x";', 'unsupported-specifier "../../x"'],
  ['import "";', 'unsupported-specifier ""'],
  ['import "twice";', 'ambiguous-module "twice"'],
  ['import * as shared from "shared";', 'module-not-found "shared"'],
  ['import shared from "shared";', 'module-not-found "shared"'],
  ['import "shared";', 'module-not-found "shared"'],
  ['export * from "shared";', 'module-not-found "shared"'],
  ['import { type Ticket } from "shared";', 'module-not-found "shared"'],
  ['import { nowhere } from "shared";', "module-not-found nowhere"],
])("%s is %s", (source, mark) => {
  expect(marks(source)).toEqual([mark]);
});

test.each([
  'import { tickets, getTicket as get } from "shared/halopsa";',
  'import * as all from "shared/halopsa";',
  'import data from "shared/data.json" with { type: "json" };',
  'import data from "shared/data";',
  'import { default as data } from "../shared/data";',
  'import { context, log } from "bifrost"; import * as bifrost from "bifrost"; export * from "bifrost";',
  'import { only } from "both"; import * as all from "both"; export * from "both";',
  'import type { Ticket } from "shared/halopsa"; import type { Nothing } from "./nowhere"; import type X from "lodash";',
  'export type { Ticket } from "shared/nowhere"; export type * from "fs";',
  'import { type Ticket, tickets } from "shared/halopsa";',
  'import { fromTs } from "../js.js"; import * as twice from "twice.js";',
  'import self, { again as me } from "./w"; export default 1; export const again = [self, me];',
  'import { halopsa, data } from "shared"; export { halopsa as psa } from "shared";',
])("%s links", (source) => {
  expect(diagnose(source)).toEqual([]);
});

test("a missing module is reported with everything that was tried and the nearest name", () => {
  const [diagnostic] = diagnose('import { tickets } from "shared/halops";');
  expect(diagnostic).toEqual({
    code: "module-not-found",
    severity: "error",
    message: 'Cannot find module "shared/halops" imported by workflows/w.ts',
    scope: "acme",
    path: "workflows/w.ts",
    line: 1,
    column: 25,
    endColumn: 40,
    specifier: "shared/halops",
    tried: ["acme", "global"].flatMap((scope) =>
      ["shared/halops", "shared/halops/index"].flatMap((name) =>
        [".ts", ".mts", ".js", ".mjs", ".json"].map((extension) => ({ scope, path: `${name}${extension}` })),
      ),
    ),
    nearest: "shared/halopsa",
    remedy: 'Import "shared/halopsa" if that is what you mean, or add the module "shared/halops"',
  });
});

test("a missing export is reported with the module that lacks it and the nearest name", () => {
  const [diagnostic] = diagnose('import { getTickets } from "shared/halopsa";');
  expect(diagnostic).toMatchObject({
    message: 'shared/halopsa.ts of global has no export "getTickets"',
    specifier: "shared/halopsa",
    nearest: "getTicket",
  });
});

test("a type that is imported as a value is told how to be imported", () => {
  expect(diagnose('import { Ticket } from "shared/halopsa";')[0]?.remedy).toBe("Write `import type { Ticket }`");
  expect(diagnose('export { Ticket } from "shared/halopsa";')[0]?.remedy).toBe("Write `export type { Ticket }`");
  const through = { "through.ts": 'export * from "shared/halopsa"; export type { Far } from "./gone";' };
  expect(diagnose('import { Ticket } from "through";', through)[0]?.remedy).toBe("Write `import type { Ticket }`");
  expect(diagnose('import { Far } from "through";', through)[0]?.remedy).toBe("Write `import type { Far }`");
});

test("a folder without an index says which modules it offers by name", () => {
  const [diagnostic] = diagnose('import * as shared from "shared";');
  expect(diagnostic?.message).toContain("folder without an index");
  expect(diagnostic?.remedy).toBe('Write `import { data } from "shared"`; it offers data, halopsa');
});

test("a name that a folder does not hold is looked for as a module of that folder", () => {
  const [diagnostic] = diagnose('import { halops } from "shared";');
  expect(diagnostic).toMatchObject({ code: "module-not-found", nearest: "shared/halopsa", specifier: "shared" });
  expect(diagnostic?.tried?.[0]).toEqual({ scope: "acme", path: "shared/halops.ts" });
});

test("lines and columns count as an editor does, whatever stands before the import", () => {
  const before = '// 😀😀 é\r\nconst s = "😀";\rconst t = `\n`; /* 😀 */ ';
  expect(marks(`${before}import { gone } from "shared/halopsa";`)).toEqual(["export-not-found gone"]);
  const [diagnostic] = diagnose(`${before}import { gone } from "shared/halopsa";`);
  expect(diagnostic).toMatchObject({ line: 4, column: 22, endColumn: 26 });
  expect(diagnose('\ufeffimport "./gone";')[0]).toMatchObject({ line: 1, column: 9 });
});

test("every fault of a workflow is reported at once, in the order of its lines", () => {
  const source = 'import { a } from "./x";\nimport { nothing } from "shared/halopsa";\nimport "lodash";\nenum E { A }';
  expect(diagnose(source).map(({ code, line }) => [code, line])).toEqual([
    ["module-not-found", 1],
    ["export-not-found", 2],
    ["unsupported-specifier", 3],
    ["unsupported-syntax", 4],
  ]);
});

test("a fault in a module of another layer is reported there and nowhere else", () => {
  const { diagnostics, program } = workspaceOf({
    org: { "workflows/w.ts": 'import { a, b, c } from "lib"; a(b, c);' },
    global: {
      "lib.ts": 'export { a } from "./gone"; export { b } from "./real"; export { c } from "./broken";',
      "real.ts": "export const other = 1;",
      "broken.ts": "export const c = ;",
    },
  }).link("workflows/w.ts");
  expect(program).toBeUndefined();
  expect(diagnostics.map(({ code, scope, path, column }) => [code, scope, path, column])).toEqual([
    ["syntax-error", "global", "broken.ts", 18],
    ["module-not-found", "global", "lib.ts", 19],
    ["export-not-found", "global", "lib.ts", 38],
  ]);
});

test("re-exports in a circle are reported at each of the modules that make it", () => {
  const { diagnostics } = workspaceOf({ global: shared }).link("circle/a.ts");
  expect(diagnostics.map(({ code, path, column }) => [code, path, column])).toEqual([
    ["export-not-found", "circle/b.ts", 10],
    ["export-not-found", "circle/a.ts", 10],
  ]);
  expect(diagnostics[0]?.message).toContain("circle");
});

test("an ambiguous name is reported with the two modules that it could come from", () => {
  const [diagnostic] = diagnose('import { x } from "both";');
  for (const part of ["both.ts", "one.ts", "two.ts"]) expect(diagnostic?.message).toContain(`${part} of global`);
});

test("two files of one name are a warning that names both, and do not keep a program from being made", () => {
  const { diagnostics, program } = workspaceOf({ global: { ...shared, "w.ts": 'import "./twice";' } }).link("w.ts");
  expect(diagnostics[0]).toMatchObject({ code: "ambiguous-module", severity: "warning" });
  expect(diagnostics[0]?.message).toMatch(/twice\.ts.*twice\.js/);
  expect(program?.modules.map(({ url }) => url)).toEqual(["bifrost://global/twice.ts", "bifrost://global/w.ts"]);
});

test("every refused specifier says why and what to do", () => {
  for (const specifier of ["lodash", "fs", "node:fs", "https://example.org/x", "/x", "../../x", ""]) {
    const [diagnostic] = diagnose(`import ${JSON.stringify(specifier)};`);
    expect(diagnostic?.message).toMatch(/^Cannot import "[^"]*": \w/);
    expect(diagnostic?.remedy).toMatch(/^[A-Z]/);
    expect(diagnostic?.specifier).toBe(specifier);
  }
  expect(diagnose('import "fs";')[0]?.message).toContain("Node.js");
});

test("a name that the SDK lacks is answered with those that it has", () => {
  const [found] = diagnose('import { lag } from "bifrost";');
  expect(found?.remedy).toBe("Import one of what it has: context, log");
});

test("an override that lacks what global imports is what is to be mended, and not the import", () => {
  const files = {
    org: { "workflows/w.ts": 'import "shared/client";', "shared/util.ts": "export const helo = 1;" },
    global: { "shared/client.ts": 'import { hello } from "./util";', "shared/util.ts": "export const hello = 1;" },
  };
  const [found] = workspaceOf(files).link("workflows/w.ts").diagnostics;
  expect(found).toMatchObject({ code: "export-not-found", scope: "global", path: "shared/client.ts" });
  expect(found?.message).toContain(`overrides what global's shared/client.ts imports, and lacks the export "hello"`);
  expect(found?.remedy).toMatch(/^Give shared\/util\.ts of \w+ the export "hello", or delete the override$/);
});

test.each(["", "const before = 1;\n"])("a conflict that git left is said to be one, at its first mark", (before) => {
  const source = `${before}<<<<<<< HEAD\nexport const a = 1;\n=======\nexport const a = 2;\n>>>>>>> topic\n`;
  expect(diagnose(source)).toMatchObject([
    { code: "syntax-error", line: before.split("\n").length, column: 1, message: expect.stringContaining("conflict") },
  ]);
});

const all = 'import * as all from "shared/halopsa";\n';
test.each([
  [`${all}export default () => all.ticketz.length;`, "ticketz"],
  [`${all}export default () => all.default;`, "default"],
  [`${all}export default () => 1 + all.missing() + all.missing();`, "missing"],
  ['import * as bifrost from "bifrost";\nexport default () => bifrost.lag("x");', "lag"],
])("a member that no module behind a namespace exports is a warning where it is taken: %s", (source, name) => {
  const [finding, ...others] = diagnose(source);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ code: "export-not-found", severity: "warning", line: 2 });
  const { column = 0, endColumn = 0 } = { column: finding?.column ?? 0, endColumn: finding?.endColumn ?? 0 };
  expect(source.split("\n")[1]?.slice(column - 1, endColumn - 1)).toBe(name);
});

test.each([
  ["all.tickets; all.getTicket();", "they are there"],
  ["if (all.missing) all.missing();", "it is asked for"],
  ["all.missing?.();", "it may be absent"],
  ["typeof all.missing;", "its type is asked for"],
  ['"missing" in all && all.missing();', "it is asked for otherwise"],
  ["all.missing ?? 1;", "there is something in its place"],
  ["all.missing === undefined;", "it is compared"],
  ['const key = "x"; all[key]; all["missing"];', "only the run tells which"],
  ["((all: any) => all.missing)({});", "the name stands for something else"],
  ["{ const all: any = {}; all.missing; }", "the name stands for something else in a block"],
  ["const { missing } = all;", "it is taken otherwise"],
  ["let ticket: all.Ticket;", "it is a type"],
])("nothing is said of %s, as %s", (code) => {
  expect(diagnose(`${all}${code}`)).toEqual([]);
});

test("nothing is said of a member where a module behind the namespace cannot be read", () => {
  const files = { "shared/broken.ts": "export const a = ;", "shared/pass.ts": 'export * from "./broken";' };
  const findings = diagnose('import * as all from "shared/pass";\nall.missing;', files);
  expect(findings.map(({ code }) => code)).toEqual(["syntax-error"]);
});
