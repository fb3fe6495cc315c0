// The linker as its callers use it: rounds of fetching, programs, folders, import(), and what is kept between entries.
import { expect, test } from "vitest";
import { parseModule } from "../../src/link/parse.ts";
import { createRecordCache, type RecordCache } from "../../src/link/record-cache.ts";
import type { ContentHash } from "../../src/workspace/layer.ts";
import type { ModuleUrl } from "../../src/workspace/program.ts";
import { workspaceOf } from "./linking.ts";

test("missing() asks for one level of imports after the other, each file once, and ends empty", () => {
  const { supply } = workspaceOf({
    global: {
      "a.ts": 'import "./b"; import "./c"; import type { T } from "./types";',
      "b.ts": 'import "./d"; import("./e");',
      "c.ts": 'import "./d"; import "./a"; import "./gone";',
      "d.ts": "",
      "e.ts": "export {};",
      "types.ts": "",
    },
  });
  expect(supply("a.ts")).toEqual([["a.ts"], ["b.ts", "c.ts"], ["d.ts"]]);
  expect(supply("a.ts", "e.ts")).toEqual([["e.ts"]]);
});

test("missing() asks for the modules of a folder once it knows what the folder's index exports", () => {
  const { supply } = workspaceOf({
    global: {
      "w.ts": 'import { a, b, c } from "lib";',
      "lib/index.ts": 'export * from "./more";',
      "lib/more.ts": "export const a = 1;",
      "lib/a.ts": "",
      "lib/b.ts": "",
      "lib/c.ts": "",
    },
  });
  expect(supply("w.ts")).toEqual([["w.ts"], ["lib/index.ts"], ["lib/more.ts"], ["lib/b.ts", "lib/c.ts"]]);
});

test("link() throws where a file that it needs was not added", () => {
  const { linker, file } = workspaceOf({ global: { "a.ts": 'import "./b"', "b.ts": "" } });
  expect(() => linker.link(file("a.ts"))).toThrow("a.ts was not added");
});

test("link() makes a program in evaluation order, with every specifier's target", () => {
  const { link } = workspaceOf({
    org: {
      "workflows/w.ts":
        'import { x } from "shared/x"; import d from "shared/data"; import { log } from "bifrost"; log(x, d);',
    },
    global: {
      "shared/x.js": 'export { x } from "./y.mjs";',
      "shared/y.mts": "export const x: number = 1;",
      "shared/data.json": '{"a": 1}',
    },
  });
  const { program, files, diagnostics, entry } = link("workflows/w.ts");
  expect(diagnostics).toEqual([]);
  expect(entry.path).toBe("workflows/w.ts");
  expect(files.map(({ path }) => path)).toEqual(["shared/y.mts", "shared/x.js", "shared/data.json", "workflows/w.ts"]);
  expect(program?.entry).toBe("bifrost://acme/workflows/w.ts");
  expect(program?.modules.map(({ url, language, imports }) => [url, language, { ...imports }])).toEqual([
    ["bifrost://global/shared/y.mts", "typescript", {}],
    ["bifrost://global/shared/x.js", "javascript", { "./y.mjs": "bifrost://global/shared/y.mts" }],
    ["bifrost://global/shared/data.json", "json", {}],
    [
      "bifrost://acme/workflows/w.ts",
      "typescript",
      {
        "shared/x": "bifrost://global/shared/x.js",
        "shared/data": "bifrost://global/shared/data.json",
        bifrost: "bifrost:sdk",
      },
    ],
  ]);
  expect(program?.modules[2]).toMatchObject({ source: '{"a": 1}', hash: files[2]?.hash });
});

test("a global module's own imports go through the cascade of the run", () => {
  const { link } = workspaceOf({
    org: { "workflows/w.ts": 'import "shared/a";', "shared/b.js": "" },
    global: { "shared/a.ts": 'import "./b.ts";', "shared/b.ts": "" },
  });
  // Written with its extension a file is meant, and in the organisation's layer only the name is the same.
  expect(link("workflows/w.ts").program?.modules[0]?.url).toBe("bifrost://global/shared/b.ts");
  const byName = workspaceOf({
    org: { "workflows/w.ts": 'import "shared/a";', "shared/b.js": "" },
    global: { "shared/a.ts": 'import "./b";', "shared/b.ts": "" },
  });
  expect(byName.link("workflows/w.ts").program?.modules[0]?.url).toBe("bifrost://acme/shared/b.js");
});

test("a module that nothing imports can be linked as an entry", () => {
  const { link } = workspaceOf({ global: { "a.ts": 'import "./gone";', "b.json": "[]", "c.py": "import os" } });
  expect(link("a.ts").diagnostics[0]?.code).toBe("module-not-found");
  expect(link("b.json").program?.modules).toHaveLength(1);
  expect(link("c.py").diagnostics[0]).toMatchObject({ code: "unsupported-syntax", path: "c.py" });
});

test("names of modules imported from a folder come through a facade, together with its index's exports", () => {
  const { link } = workspaceOf({
    org: { "lib/b.js": "export const org = 1;" },
    global: {
      "w.ts": 'import lib, { a, b, own } from "lib"; export { a } from "lib";',
      "v.ts": 'import { b } from "./lib"; import * as all from "bare/b";',
      "lib/index.ts": "export const own = 1; export default 2;",
      "lib/a.ts": "export const x = 1;",
      "lib/b.ts": "",
      "bare/b.ts": "",
    },
  });
  const { program, files, diagnostics } = link("w.ts");
  expect(diagnostics).toEqual([]);
  expect(files.map(({ scope, path }) => `${scope.kind} ${path}`)).toEqual([
    "global lib/index.ts",
    "global lib/a.ts",
    "organization lib/b.js",
    "global w.ts",
  ]);
  const facades = program?.modules.filter(({ language }) => language === "facade") ?? [];
  expect(facades.map(({ url }) => url)).toEqual([
    "bifrost:facade/lib/a",
    "bifrost:facade/lib/b",
    "bifrost:facade/lib?a,b",
  ]);
  expect(program?.modules.at(-1)?.imports).toEqual({ lib: "bifrost:facade/lib?a,b" });
  expect(new Set(facades.map(({ hash }) => hash)).size).toBe(3);
  expect(link("v.ts").program?.modules.at(-1)?.imports["./lib"]).toBe("bifrost:facade/lib?b");
});

test("the root of the workspace is a folder whose modules can be imported by name, too", () => {
  const { link } = workspaceOf({ global: { "workflows/w.ts": 'import { a, b } from "..";', "a.ts": "", "b.ts": "" } });
  const { program, diagnostics } = link("workflows/w.ts");
  expect(diagnostics).toEqual([]);
  expect(program?.modules.at(-1)?.imports).toEqual({ "..": "bifrost:facade/?a,b" });
});

test("an index may pass on modules of its own folder by name", () => {
  const { link } = workspaceOf({
    global: {
      "w.ts": 'import { a, b } from "lib";',
      "lib/index.ts": 'export { a } from "lib"; export { b } from "."; import { c } from "./"; c;',
      "lib/a.ts": "",
      "lib/b.ts": "",
      "lib/c.ts": "",
    },
  });
  const { program, diagnostics } = link("w.ts");
  expect(diagnostics).toEqual([]);
  expect(program?.modules.at(-1)?.imports).toEqual({ lib: "bifrost://global/lib/index.ts" });
});

test("what the index exports wins over a module of that name, and a file beside the folder is no index", () => {
  const { link } = workspaceOf({
    global: {
      "w.ts": 'import { a } from "lib";',
      "v.ts": 'import { a } from "file";',
      "lib/index.ts": "export const a = 1;",
      "lib/a.ts": "",
      "file.ts": "",
      "file/a.ts": "",
    },
  });
  expect(link("w.ts").files.map(({ path }) => path)).toEqual(["lib/index.ts", "w.ts"]);
  expect(link("v.ts").diagnostics[0]).toMatchObject({ code: "export-not-found", path: "v.ts" });
});

test("the same module through two folders' facades is one thing, and not ambiguous", () => {
  const { link } = workspaceOf({
    global: {
      "w.ts": 'import { a } from "./all";',
      "all.ts": 'export * from "./one"; export * from "./two";',
      "one.ts": 'export { a } from "lib";',
      "two.ts": 'export { a, b } from "lib";',
      "lib/a.ts": "",
      "lib/b.ts": "",
    },
  });
  expect(link("w.ts").diagnostics).toEqual([]);
});

test("import() with a known specifier is warned about where it leads nowhere, and listed where it leads to a file", () => {
  const { link } = workspaceOf({
    global: {
      "w.ts":
        'import("./a"); import(`./gone`); import("./\\u0061"); import("lib"); import("lodash"); import("bifrost"); const x = "y"; import("./" + x); import(x);',
      "a.ts": "",
      "lib/x.ts": "",
    },
  });
  const { program, files, diagnostics, dynamicImports } = link("w.ts");
  expect(program).toBeDefined();
  expect(files.map(({ path }) => path)).toEqual(["w.ts"]);
  expect(dynamicImports.map(({ importer, specifier, file }) => [importer.path, specifier, file.path])).toEqual([
    ["w.ts", "./a", "a.ts"],
    ["w.ts", "./a", "a.ts"],
  ]);
  expect(diagnostics.map(({ code, severity, column }) => [code, severity, column])).toEqual([
    ["module-not-found", "warning", 23],
    ["module-not-found", "warning", 61],
    ["unsupported-specifier", "warning", 76],
  ]);
});

test("resolveImport() answers a running module's import()", () => {
  const { link, linker } = workspaceOf({
    org: { "lib/a.js": "" },
    global: { "lib/w.ts": 'import("./gone");', "lib/a.ts": "" },
  });
  link("lib/w.ts");
  const importer = "bifrost://global/lib/w.ts" as ModuleUrl;
  expect(linker.resolveImport("./a", importer)).toMatchObject({ kind: "file", file: { path: "lib/a.js" } });
  expect(linker.resolveImport("bifrost", importer)).toEqual({
    kind: "program",
    program: { entry: "bifrost:sdk", modules: [] },
  });
  expect(linker.resolveImport("./gone", importer)).toMatchObject({
    kind: "diagnostic",
    diagnostic: { code: "module-not-found", severity: "error", line: 1, column: 8 },
  });
  const computed = linker.resolveImport("./nowhere", importer);
  expect(computed).toMatchObject({ diagnostic: { path: "lib/w.ts", line: null, column: null } });
  expect(computed).not.toHaveProperty("diagnostic.endColumn");
  expect(linker.resolveImport("fs", importer)).toMatchObject({ diagnostic: { code: "unsupported-specifier" } });
});

test("a specifier may be the name of an object's own machinery", () => {
  const { link } = workspaceOf({
    global: {
      "w.ts": 'import { constructor as c } from "__proto__";',
      "__proto__.ts": "export { x as constructor }; const x = 1;",
    },
  });
  const { program, diagnostics } = link("w.ts");
  expect(diagnostics).toEqual([]);
  expect(Object.entries(program?.modules[1]?.imports ?? {})).toEqual([["__proto__", "bifrost://global/__proto__.ts"]]);
});

test("chains of many thousand modules and re-exports do not overflow the stack", () => {
  const length = 5_000;
  const files: Record<string, string> = {};
  for (let position = 0; position < length; position += 1)
    files[`m${position}.js`] = `export * from "./m${position + 1}.js";`;
  files[`m${length}.js`] = "export const x = 1;";
  files["w.js"] = 'import { x } from "./m0.js"; import { y } from "./m0.js";';
  const workspace = workspaceOf({ global: files });
  for (const path of Object.keys(files)) workspace.linker.add(workspace.file(path), files[path] ?? "");
  const { files: linked, diagnostics } = workspace.link("w.js");
  expect(linked).toHaveLength(length + 2);
  expect(diagnostics.map(({ code }) => code)).toEqual(["export-not-found"]);
});

test("linkers that share records parse each content once, and one content is read anew in another language", () => {
  const read: string[] = [];
  const cache = createRecordCache();
  const counting: RecordCache = {
    ...cache,
    read(hash, language, source) {
      read.push(`${language} ${source}`);
      return cache.read(hash, language, source);
    },
  };
  const files = { "a.ts": "1", "b.js": "1", "c.ts": "1" };
  for (const path of Object.keys(files)) workspaceOf({ global: files }, counting).link(path);
  expect(read).toEqual(["typescript 1", "javascript 1", "typescript 1"]);
  const hash = "0".repeat(64) as ContentHash;
  const first = cache.read(hash, "typescript", "export const x = 1;");
  expect(cache.read(hash, "typescript", "export const x = 1;")).toBe(first);
  expect(cache.read(hash, "javascript", "export const x = 1;")).not.toBe(first);
});

test("a record cache forgets what was not read for the longest time once it is full", () => {
  const cache = createRecordCache({ bytesMax: 4_000 });
  const read = (name: string) => cache.read(name as ContentHash, "javascript", `export const ${name} = 1;`);
  const a = read("a");
  const b = read("b");
  const c = read("c");
  expect(read("a")).toBe(a);
  const d = read("d");
  expect(read("a")).toBe(a);
  expect(read("d")).toBe(d);
  expect(read("c")).toBe(c);
  expect(read("b")).not.toBe(b);
});

test("parsing never throws, whatever the text", () => {
  for (const text of ["", "\0", "import", "export {", "\ud800", "import x from '", "`${", "/*", "#!", "<!--", "𐏿"]) {
    for (const language of ["typescript", "javascript", "json"] as const) {
      expect(() => parseModule(text, language)).not.toThrow();
    }
  }
});
