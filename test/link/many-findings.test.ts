// What is said of files in which nearly everything is wrong: enough for a reader, counted for the rest, and worked out in time
// that does not grow with the square of what is wrong.
import { expect, test } from "vitest";
import { graphListedMax, listedMax } from "../../src/link/finding-list.ts";
import { hasErrors, uniqueDiagnostics } from "../../src/workspace/diagnostic.ts";
import { type Files, workspaceOf } from "./linking.ts";

const lines = (amount: number, line: (index: number) => string) => Array.from({ length: amount }, (_, i) => line(i));
const files = (amount: number, path: (index: number) => string): Files =>
  Object.fromEntries(lines(amount, path).map((name) => [name, ""]));

const hostile = {
  "names that are nearly those of an export": {
    "w.js": `import {${lines(4000, (i) => `abcdefgh${i}x as b${i}`).join()}} from "./lib";`,
    "lib.js": lines(4000, (i) => `export let bacdefgh${i}y;`).join("\n"),
  },
  "paths that are nearly those of a module": {
    "w.js": lines(4000, (i) => `import "./mod${i}q";`).join("\n"),
    ...files(4000, (i) => `nom${i}.js`),
  },
  "bare names that are nearly those of a module": {
    "w.js": lines(4000, (i) => `import "mod${i}q";`).join("\n"),
    ...files(4000, (i) => `nom${i}.js`),
  },
  "names of a folder that are nearly those of its modules": {
    "w.js": `import {${lines(4000, (i) => `mod${i}q`).join()}} from "./folder";`,
    ...files(4000, (i) => `folder/nom${i}.js`),
  },
  "folders that are taken as a whole": {
    "w.js": lines(4000, (i) => `import * as a${i} from "./f${i}";`).join("\n"),
    ...files(4000, (i) => `f${i}/a.js`),
  },
  "an import() in vain": {
    "w.js": `${lines(4000, (i) => `import("./mod${i}q");`).join("\n")}\nimport "./gone";`,
    ...files(4000, (i) => `nom${i}.js`),
  },
} satisfies Record<string, Files>;

test.each(Object.entries(hostile))("of 4,000 %s the first are told, and how many more there are", (_, global) => {
  const { diagnostics, program } = workspaceOf({ global }).link("w.js");
  expect(program).toBeUndefined();
  expect(hasErrors(diagnostics)).toBe(true);
  expect(diagnostics).toHaveLength(listedMax + 1);
  const rest = diagnostics.filter(({ message }) => message.startsWith("There are "));
  expect(rest).toMatchObject([{ message: expect.stringMatching(/^There are 3,90[01] more findings in this file/) }]);
  const named = diagnostics.filter(({ nearest }) => nearest !== undefined);
  expect(named.length).toBeLessThan(listedMax);
});

test("what is left out fails the link where it would have failed it", () => {
  const warnings = lines(listedMax, (i) => `import("./gone${i}");`).join("\n");
  const { diagnostics, program } = workspaceOf({ global: { "w.js": `${warnings}\nimport("./gone");` } }).link("w.js");
  expect(diagnostics.at(-1)).toMatchObject({
    severity: "warning",
    message: expect.stringContaining("one more finding"),
  });
  expect(program).toBeDefined();

  const twins = lines(listedMax, (i) => `import "./a${i}";`).join("\n");
  const source = { "w.js": `${twins}\nimport "./b";\nimport "./gone";\n` };
  const global = {
    ...source,
    ...files(listedMax, (i) => `a${i}.js`),
    ...files(listedMax, (i) => `a${i}.ts`),
    "b.js": "",
  };
  const broken = workspaceOf({ global }).link("w.js");
  expect(broken.program).toBeUndefined();
  expect(broken.diagnostics[0]).toMatchObject({ code: "module-not-found", severity: "error", line: 102 });
  expect(broken.diagnostics.slice(1).every(({ severity }) => severity === "warning")).toBe(true);
});

test("as many slips as people make are all told with the name that is meant", () => {
  const global = {
    "w.js": lines(40, (i) => `import { value${i}s as v${i} } from "shared/modlue${i}";`).join("\n"),
    ...Object.fromEntries(lines(3000, (i) => `shared/module${i}.ts`).map((path, i) => [path, `export let value${i};`])),
  };
  const { diagnostics } = workspaceOf({ global }).link("w.js");
  expect(diagnostics.map(({ nearest }) => nearest)).toEqual(lines(40, (i) => `shared/module${i}`));
});

test("a chain of broken modules lists a bounded part in every graph, and all of them in all graphs together", () => {
  const broken = lines(30, (i) => `import "./gone${i}";`).join("\n");
  const paths = lines(200, (i) => `m${i}.js`);
  const global = Object.fromEntries(
    paths.map((path, i) => [path, `${i > 0 ? `import "./m${i - 1}";\n` : ""}${broken}`]),
  );
  const workspace = workspaceOf({ global });
  const results = paths.map((path) => workspace.link(path));
  expect(results.every(({ program }) => program === undefined)).toBe(true);
  expect(results.at(-1)?.diagnostics).toHaveLength(graphListedMax + 1);
  expect(results.at(-1)?.diagnostics.at(-1)).toMatchObject({
    severity: "error",
    message: "There are 5,000 more findings in the modules that it loads, which are not listed",
    path: "m199.js",
  });
  const all = uniqueDiagnostics(results.flatMap(({ diagnostics }) => diagnostics));
  const own = all.filter(({ message }) => message.startsWith("Cannot find"));
  expect(new Set(own.map(({ path }) => path)).size).toBe(Math.ceil(graphListedMax / 30));
});

test("a folder's index of 1,000 modules answers for each of their names", () => {
  const paths = lines(1000, (i) => `all/m${i}.ts`);
  const global = {
    "w.js": `import { ${lines(1000, (i) => `value${i}`).join()}, value } from "./index.js";`,
    "index.js": paths.map((path) => `export * from "./${path}";`).join("\n"),
    ...Object.fromEntries(paths.map((path, i) => [path, `export let value${i};`])),
  };
  const { diagnostics } = workspaceOf({ global }).link("w.js");
  expect(diagnostics).toMatchObject([{ code: "export-not-found", message: expect.stringContaining('"value"') }]);
});

test("names behind too many `export *` are said not to have been looked for, in that module and in every later one", () => {
  const depth = 2100;
  const chain = lines(depth, (i) => `c${i}.js`).map((path, i): [string, string] => [
    path,
    i + 1 < depth ? `export * from "./c${i + 1}.js";` : "export let found;",
  ]);
  const global = {
    "w.js": lines(depth, (i) => `import { found as f${i} } from "./c${i}.js";`).join("\n"),
    "later.js": 'import { found } from "./c0.js"; import { other } from "./other.js";',
    "other.js": "export let other;",
    "fine.js": 'import "./other.js";',
    ...Object.fromEntries(chain),
  };
  const workspace = workspaceOf({ global });
  for (const path of ["w.js", "later.js"]) {
    const { diagnostics, program } = workspace.link(path);
    expect(program).toBeUndefined();
    expect(diagnostics).toMatchObject([{ path, message: expect.stringContaining("were not all looked for") }]);
  }
  expect(workspace.link("fine.js").program).toBeDefined();
  const derived = workspace.linker.derive(workspace.layers, []);
  expect(derived.link(workspace.file("later.js")).program).toBeUndefined();
});

test("a chain of 4,000 re-exports is followed once, and a name that its end lacks is told at its end", () => {
  const paths = lines(4000, (i) => `m${i}.js`);
  const chain = paths.map((path, i): [string, string] => [
    path,
    i === 0 ? "export let x;" : `import { x as y } from "./m${i - 1}.js"; export { y as x };`,
  ]);
  const linked = (global: Files) => {
    const workspace = workspaceOf({ global });
    workspace.supply(...paths);
    return workspace.link("m3999.js").diagnostics;
  };
  expect(linked(Object.fromEntries(chain))).toEqual([]);
  const lacking = linked({ ...Object.fromEntries(chain), "m0.js": "" });
  expect(lacking).toMatchObject([{ path: "m1.js", code: "export-not-found" }]);
});

test("imports of one folder, each of one module, lead each to that module", () => {
  const global = {
    "w.js": lines(500, (i) => `import { m${i} } from "./all";`).join("\n"),
    ...files(500, (i) => `all/m${i}.ts`),
  };
  const workspace = workspaceOf({ global });
  expect(workspace.link("w.js").diagnostics).toEqual([]);
  const imports = workspace.linker.importsOf(workspace.file("w.js"));
  expect(imports.map(({ file }) => file.path)).toEqual(lines(500, (i) => `all/m${i}.ts`));
});
