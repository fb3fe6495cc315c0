import { describe, expect, test } from "vitest";
import { createIgnore, selectFiles } from "../../src/manifest/manifest.ts";
import type { TreeFile } from "../../src/workspace/file.ts";

function tree(...paths: string[]): TreeFile[] {
  return paths.map((path) => ({ path, mode: "100644", gitSha: "0".repeat(40), sizeBytes: 1 }));
}

function keptOf(files: TreeFile[], root = "", ignore: string[] = []) {
  const { keep, skipped, leftOut, rootExists } = selectFiles(files, { root, ignore });
  return { keep: keep.map((file) => file.path as string), skipped, leftOut, rootExists };
}

describe("selectFiles()", () => {
  test("selectFiles() tells workflows, forms, apps and modules by their paths", () => {
    const { keep } = selectFiles(tree("workflows/a.ts", "forms/b.yaml", "apps/c/page.html", "shared/d.py"), {
      root: "",
      ignore: [],
    });
    expect(keep.map(({ path, entityType }) => `${path} ${entityType}`)).toEqual([
      "workflows/a.ts workflow",
      "forms/b.yaml form",
      "apps/c/page.html app",
      "shared/d.py module",
    ]);
  });

  test("selectFiles() gives paths from the root folder and does not count what lies outside of it", () => {
    expect(keptOf(tree("modules/shared/a.ts", "modules/package.json", "modules-old/b.ts", "c.ts"), "modules")).toEqual({
      keep: ["shared/a.ts"],
      skipped: [],
      leftOut: 1,
      rootExists: true,
    });
  });

  test("selectFiles() looks into a root folder whose name begins with a dot", () => {
    expect(keptOf(tree(".bifrost/a.ts", ".bifrost/.hidden/b.ts"), ".bifrost")).toMatchObject({
      keep: ["a.ts"],
      leftOut: 1,
    });
  });

  test("selectFiles() says where the root folder is not in the tree", () => {
    expect(keptOf(tree("shared/a.ts"), "moduls").rootExists).toBe(false);
    expect(keptOf([]).rootExists).toBe(true);
  });

  test("selectFiles() leaves out what the manifest ignores, from the root folder on", () => {
    const files = tree("m/fixtures/a.ts", "m/fixtures/keep.ts", "m/a.ts", "m/deep/old/b.ts");
    expect(keptOf(files, "m", ["/fixtures/*", "!/fixtures/keep.ts", "old/"])).toMatchObject({
      keep: ["fixtures/keep.ts", "a.ts"],
      leftOut: 2,
    });
  });

  test("selectFiles() skips links, odd paths and what is no code, each with its reason", () => {
    const files: TreeFile[] = [
      ...tree("README.md", "shared/caf\u0065\u0301.ts", "shared/\u00e9.ts"),
      { path: "shared/link.ts", mode: "120000", gitSha: "", sizeBytes: 3 },
      { path: "vendor", mode: "160000", gitSha: "", sizeBytes: undefined },
      { path: "shared/big.ts", mode: "100644", gitSha: "", sizeBytes: 1024 * 1024 + 1 },
    ];
    const { keep, skipped } = keptOf(files);
    expect(keep).toEqual(["shared/\u00e9.ts"]);
    expect(skipped.map(({ path, reason }) => [path, reason])).toEqual([
      ["README.md", "not-code"],
      ["shared/cafe\u0301.ts", "odd-path"],
      ["shared/link.ts", "symlink"],
      ["vendor", "submodule"],
      ["shared/big.ts", "too-large"],
    ]);
  });

  test.each([[["Shared/a.ts", "shared/A.ts", "shared/a.ts"]], [["shared/a.ts", "Shared/a.ts", "shared/A.ts"]]])(
    "selectFiles() keeps one of names that differ in case alone, in any order: %j",
    (paths) => {
      const { keep, skipped } = keptOf(tree(...paths, "shared/b.ts"));
      expect(keep.toSorted()).toEqual(["shared/a.ts", "shared/b.ts"]);
      const detail = "Differs from shared/a.ts in case alone: rename or delete one of them";
      expect(skipped).toEqual([
        { path: "shared/A.ts", reason: "path-twin", detail },
        { path: "Shared/a.ts", reason: "path-twin", detail },
      ]);
    },
  );

  test("selectFiles() keeps one of two equal paths", () => {
    const { keep, skipped } = keptOf(tree("shared/a.ts", "shared/a.ts"));
    expect(keep).toEqual(["shared/a.ts"]);
    expect(skipped).toMatchObject([{ path: "shared/a.ts", reason: "path-twin" }]);
  });
});

describe("createIgnore()", () => {
  test.each([
    ["fixtures/**", "fixtures/a/b.ts", true],
    ["fixtures/**", "src/fixtures/a.ts", false],
    ["*.draft.ts", "a/b.draft.ts", true],
    ["*.draft.ts", "a/b.DRAFT.ts", false],
    ["/top.ts", "a/top.ts", false],
    ["build/", "a/build/x.ts", true],
    ["# a comment", "# a comment", false],
    ["a", "../a", true],
  ])("createIgnore() lets the pattern %j take %j as .gitignore would: %j", (pattern, path, expected) => {
    expect(createIgnore([pattern])(path)).toBe(expected);
  });

  test("createIgnore() answers within milliseconds for the slowest pattern that is allowed", () => {
    const isIgnored = createIgnore(["**/a/**/b"]);
    const deep = `${"a/".repeat(400)}a`;
    const startedAt = performance.now();
    for (let round = 0; round < 100; round += 1) isIgnored(`${deep}${round}`);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(createIgnore(["a/a/"])(deep)).toBe(true);
  });
});
