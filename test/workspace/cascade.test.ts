// The cascade's contract, row by row.
import { expect, test } from "vitest";
import {
  nearestName,
  overridesOf,
  resolveFile,
  resolveModule,
  resolveSubmodule,
  specifierPath,
  triedPaths,
  visibleFiles,
} from "../../src/workspace/cascade.ts";
import type { LayeredFile } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope, scopeSlug } from "../../src/workspace/scope.ts";
import { layerOf, layersOf } from "./layers.ts";

const named = (file: LayeredFile | undefined) => file && `${scopeSlug(file.scope)} ${file.path}`;

/** Where a specifier leads, in one line. */
function found(org: readonly string[], global: readonly string[], specifier: string, importer?: string): string {
  const resolution = resolveModule(layersOf(org, global), specifier, importer as WorkspacePath | undefined);
  switch (resolution.kind) {
    case "module":
      return named(resolution.file) ?? "";
    case "folder":
      return `folder ${resolution.folder}`;
    case "unsupported":
      return resolution.reason;
    default:
      return resolution.kind;
  }
}

test.each([
  ["in both layers, the organisation's", ["shared/x.ts"], ["shared/x.ts"], "acme shared/x.ts"],
  ["in the organisation alone, that one", ["shared/x.ts"], [], "acme shared/x.ts"],
  ["in global alone, that one", [], ["shared/x.ts"], "global shared/x.ts"],
  ["in neither, missing", ["shared/y.ts"], ["other/x.ts"], "missing"],
  ["a .json of the organisation before a global .ts", ["shared/x.json"], ["shared/x.ts"], "acme shared/x.json"],
  [
    "an index of the organisation before a global .ts",
    ["shared/x/index.mjs"],
    ["shared/x.ts"],
    "acme shared/x/index.mjs",
  ],
  ["a .js of the organisation before a global index", ["shared/x.js"], ["shared/x/index.ts"], "acme shared/x.js"],
  [
    "a global module before a mere folder of the organisation",
    ["shared/x/y.ts"],
    ["shared/x.ts"],
    "global shared/x.ts",
  ],
  ["a folder in either layer where there is no module", ["shared/x/y.ts"], [], "folder shared/x"],
])("resolveModule() finds %s", (_, org, global, expected) => {
  expect(found(org, global, "shared/x")).toBe(expected);
  expect(found(org, global, "./x", "shared/importer.ts")).toBe(expected);
});

test("resolveModule() sees global alone where the run has no organisation", () => {
  const layers = [layerOf(globalScope, ["x.ts"])];
  expect(resolveModule(layers, "./x")).toMatchObject({ kind: "module", file: { path: "x.ts" }, overrides: undefined });
});

const allForms = [
  "x.ts",
  "x.mts",
  "x.js",
  "x.mjs",
  "x.json",
  "x/index.ts",
  "x/index.mts",
  "x/index.js",
  "x/index.mjs",
  "x/index.json",
];

test("resolveModule() tries extensions in their order, then the same under index", () => {
  for (let first = 0; first < allForms.length; first += 1) {
    // Whatever order the layer lists its files in, the first form that is there wins.
    expect(found([], allForms.slice(first).reverse(), "x/../x")).toBe(`global ${allForms[first]}`);
  }
  expect(triedPaths(layersOf([], []), "x/../x").map(({ path }) => path)).toEqual([...allForms, ...allForms]);
});

test.each([
  ["x.js", ["x.js", "x.ts"], "global x.js"],
  ["x.js", ["x.ts"], "global x.ts"],
  ["x.mjs", ["x.mts", "x.ts"], "global x.mts"],
  ["x.mjs", ["x.ts"], "missing"],
  ["x.ts", ["x.js"], "missing"],
  ["x.json", ["x.json", "x.ts"], "global x.json"],
  ["x.json", ["x.json.ts"], "global x.json.ts"],
  ["x.ts", ["x.ts/index.ts"], "global x.ts/index.ts"],
  ["x.js", ["x.js.ts", "x.ts"], "global x.ts"],
  ["x.d.ts", ["x.d.ts"], "missing"],
  ["x.py", ["x.py"], "missing"],
  ["x.v2", ["x.v2.ts"], "global x.v2.ts"],
])("resolveModule() reads the extension of %s", (specifier, files, expected) => {
  expect(found([], files, `./${specifier}`)).toBe(expected);
});

test("resolveModule() lets an organisation's file answer before a global one that is written with its extension", () => {
  expect(found(["shared/x.ts"], ["shared/x.js"], "shared/x.js")).toBe("acme shared/x.ts");
  expect(found(["shared/x.js"], ["shared/x.ts"], "shared/x.ts")).toBe("global shared/x.ts");
});

test.each([
  ["./b", "a/c.ts", "global a/b.ts"],
  ["../b", "a/c.ts", "global b.ts"],
  ["./../a/./b", "a/c.ts", "global a/b.ts"],
  ["a//b/", "z/c.ts", "global a/b.ts"],
  ["b", "a/c.ts", "global b.ts"],
  ["a/b", "z/c.ts", "global a/b.ts"],
  ["../../b", "a/c.ts", "above-root"],
  ["a/../../b", "a/c.ts", "above-root"],
  ["..", "c.ts", "above-root"],
  [".", "a/c.ts", "global a/index.ts"],
  ["./", "a/c.ts", "global a/index.ts"],
  ["..", "a/c.ts", "folder "],
  ["a", "c.ts", "global a/index.ts"],
])("resolveModule() leads %s in %s to %s", (specifier, importer, expected) => {
  const files = ["b.ts", "a/b.ts", "a/c.ts", "a/index.ts", "z/c.ts", "c.ts"];
  expect(found([], files, specifier, importer)).toBe(expected);
});

test.each([
  ["bifrost", "sdk"],
  ["lodash", "package"],
  ["@octokit/core", "package"],
  ["@/shared/x", "package"],
  ["#x", "package"],
  ["fs", "node-builtin"],
  ["fs/promises", "node-builtin"],
  ["node:fs", "node-builtin"],
  ["node:anything", "node-builtin"],
  ["https://example.org/x.ts", "url"],
  ["data:text/javascript,1", "url"],
  ["file:///x.ts", "url"],
  ["//example.org/x.ts", "url"],
  ["C:\\x.ts", "url"],
  ["/shared/x", "absolute"],
  ["", "empty"],
  ["lodash/fp", "missing"],
  ["./lodash", "missing"],
  ["bifrost/x", "missing"],
  ["util/strings", "missing"],
])("resolveModule() says of %j: %s", (specifier, expected) => {
  expect(found(["bifrost.ts"], ["shared/x.ts"], specifier, "workflows/w.ts")).toBe(expected);
});

test("resolveModule() prefers a workspace's own module to the package or built-in of that name", () => {
  expect(found([], ["fs.ts", "lodash/index.ts"], "fs")).toBe("global fs.ts");
  expect(found([], ["fs.ts", "lodash/index.ts"], "lodash")).toBe("global lodash/index.ts");
  expect(found([], ["fs/promises.ts"], "fs/promises")).toBe("global fs/promises.ts");
});

test("resolveModule() takes a bare name that is nearly a module's for a slip, not for a package", () => {
  expect(found([], ["halopsa.ts"], "halops")).toBe("missing");
  expect(found([], ["shared/halopsa.ts"], "halopsa")).toBe("missing");
});

test("resolveModule() names the global module that is hidden, across extension and index", () => {
  const overrides = (org: string, global: string) => {
    const resolution = resolveModule(layersOf([org], [global]), "shared/x");
    return resolution.kind === "module" ? named(resolution.overrides) : resolution.kind;
  };
  expect(overrides("shared/x.js", "shared/x.ts")).toBe("global shared/x.ts");
  expect(overrides("shared/x/index.ts", "shared/x.json")).toBe("global shared/x.json");
  expect(overrides("shared/x.ts", "shared/x/index.mjs")).toBe("global shared/x/index.mjs");
  expect(overrides("shared/x.ts", "shared/xx.ts")).toBeUndefined();
});

test("resolveModule() names files of one layer that share a name, unless the extension is written", () => {
  const twins = (specifier: string, org: readonly string[], global: readonly string[]) => {
    const resolution = resolveModule(layersOf(org, global), specifier);
    return resolution.kind === "module" ? resolution.twins.map(named) : resolution.kind;
  };
  expect(twins("x", [], ["x.ts", "x.js", "x/index.ts", "xx.ts"])).toEqual(["global x.js", "global x/index.ts"]);
  expect(twins("./x.js", [], ["x.ts", "x.js"])).toEqual([]);
  expect(twins("./x.js", [], ["x.ts", "x.json"])).toEqual([]);
  expect(twins("x", ["x.js"], ["x.ts"])).toEqual([]);
});

test("resolveSubmodule() finds a module of a folder by the same cascade", () => {
  const layers = layersOf(["shared/a.js"], ["shared/a.ts", "shared/b/index.ts", "shared/index.ts", "root.ts"]);
  const submodule = (specifier: string, name: string, importer?: string) => {
    const resolution = resolveSubmodule(layers, specifier, name, importer as WorkspacePath | undefined);
    return resolution.kind === "module" ? named(resolution.file) : resolution.kind;
  };
  expect(submodule("shared", "a")).toBe("acme shared/a.js");
  expect(submodule("shared/", "b")).toBe("global shared/b/index.ts");
  expect(submodule(".", "a", "shared/index.ts")).toBe("acme shared/a.js");
  expect(submodule("..", "root", "shared/a.js")).toBe("global root.ts");
  for (const name of ["c", "default", "", "../root", "b/index", ".a"])
    expect(submodule("shared", name)).toBe("missing");
  expect(submodule("bifrost", "a")).toBe("missing");
});

test("triedPaths() ends with the hit and says which layer each path was looked for in", () => {
  const layers = layersOf(["x.json"], ["x.ts"]);
  expect(triedPaths(layers, "./x").map(({ scope, path }) => `${scope} ${path}`)).toEqual([
    "acme x.ts",
    "acme x.mts",
    "acme x.js",
    "acme x.mjs",
    "acme x.json",
  ]);
  expect(triedPaths(layers, "node:fs")).toEqual([]);
});

test("specifierPath() says what a specifier means without looking for it", () => {
  expect(specifierPath("../x", "a/b.ts" as WorkspacePath)).toBe("x");
  expect(specifierPath("bifrost")).toBeUndefined();
  expect(specifierPath("../x")).toBeUndefined();
});

test("resolveFile() finds exact paths, the highest layer first", () => {
  const layers = layersOf(["forms/a.json"], ["forms/a.json", "forms/b.yaml"]);
  expect(named(resolveFile(layers, "forms/a.json" as WorkspacePath))).toBe("acme forms/a.json");
  expect(named(resolveFile(layers, "forms/b.yaml" as WorkspacePath))).toBe("global forms/b.yaml");
  expect(resolveFile(layers, "forms/a" as WorkspacePath)).toBeUndefined();
});

test("visibleFiles() hides global modules by name and other files by path", () => {
  const layers = layersOf(
    ["a.js", "a.json", "b/index.ts", "forms/f.yaml", "x.d.ts"],
    ["a.ts", "b.ts", "c.ts", "forms/f.yaml", "forms/f.yml", "x.ts", "x.d.ts"],
  );
  expect(visibleFiles(layers).map(named)).toEqual([
    "acme a.js",
    "acme a.json",
    "acme b/index.ts",
    "acme forms/f.yaml",
    "acme x.d.ts",
    "global c.ts",
    "global forms/f.yml",
    "global x.ts",
  ]);
});

test("overridesOf() pairs each overriding file with what it hides", () => {
  const layers = layersOf(["a.js", "b.ts", "forms/f.yaml"], ["a/index.ts", "c.ts", "forms/f.yaml"]);
  expect(overridesOf(layers).map(({ file, overrides }) => [named(file), named(overrides)])).toEqual([
    ["acme a.js", "global a/index.ts"],
    ["acme forms/f.yaml", "global forms/f.yaml"],
  ]);
  expect(overridesOf([])).toEqual([]);
});

test.each([
  ["shared/halops", ["shared/halopsa.ts"], "shared/halopsa"],
  ["shared/haolpsa", ["shared/halopsa.ts", "shared/halo.ts"], "shared/halopsa"],
  ["halopsa", ["shared/halopsa.ts"], "shared/halopsa"],
  ["shraed/halopsa", ["shared/halopsa/index.ts"], "shared/halopsa"],
  ["workflows/nix", ["workflows/a.ts"], undefined],
  ["zod", ["pod.ts.md", "nod/x.ts"], undefined],
  ["shared/x", ["shared/y.ts"], undefined],
  ["shared/halops", ["shared/halops.py"], undefined],
])("nearestName() of %s among %j is %s", (path, files, expected) => {
  expect(nearestName(layersOf([], files), path)).toBe(expected);
});
