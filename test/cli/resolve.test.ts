import { hash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bifrost, bifrostHere, bifrostJson, makeFolder } from "./bifrost.ts";

const own = "export const own = true;";
const shared = "export const own = false;";

function twoLayers() {
  const folder = makeFolder({ ".github/bifrost.yml": "scope: acme", "shared/halopsa.js": own });
  const global = makeFolder({ "shared/halopsa.ts": shared, "shared/text/index.ts": shared });
  return { folder, global, args: ["--dir", folder, "--global", global] };
}

describe("resolve", () => {
  test("resolve --json names the module, what it overrides and every path tried up to it", async () => {
    const { args } = twoLayers();
    const { exitCode, document } = await bifrostJson(["resolve", "./halopsa", "--from", "shared/text.ts", ...args]);
    expect(document).toEqual({
      found: true,
      scope: "acme",
      path: "shared/halopsa.js",
      hash: hash("sha256", own),
      overrides: { scope: "global", path: "shared/halopsa.ts", hash: hash("sha256", shared) },
      tried: [
        { scope: "acme", path: "shared/halopsa.ts" },
        { scope: "acme", path: "shared/halopsa.mts" },
        { scope: "acme", path: "shared/halopsa.js" },
      ],
      kind: "module",
      reason: null,
      nearest: null,
      names: null,
      remedy: null,
    });
    expect(exitCode).toBe(0);
  });

  test("resolve tells people the layer, the file on disk and what it overrides", async () => {
    const { folder, args } = twoLayers();
    const { exitCode, stdout } = await bifrost(["resolve", "shared/halopsa", ...args]);
    expect(stdout).toBe(
      [
        '✓ "shared/halopsa" leads to shared/halopsa.js of acme',
        `  file ${join(folder, "shared/halopsa.js")}`,
        `  hash ${hash("sha256", own)}`,
        "  overrides shared/halopsa.ts of global",
        "  looked in acme  shared/halopsa{.ts,.mts,.js}",
        "",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
  });

  test("resolve --json falls through to global, with the paths tried in both layers", async () => {
    const { args } = twoLayers();
    const { document } = await bifrostJson(["resolve", "shared/text", ...args]);
    expect(document).toMatchObject({ found: true, scope: "global", path: "shared/text/index.ts", overrides: null });
    expect(document.tried).toHaveLength(10 + 6);
    expect(document.tried.at(-1)).toEqual({ scope: "global", path: "shared/text/index.ts" });
  });

  test("resolve --json says that nothing was found, and exits with 1", async () => {
    const { args } = twoLayers();
    const { exitCode, document } = await bifrostJson(["resolve", "shared/halops", ...args]);
    expect(document).toMatchObject({ found: false, scope: null, path: null, hash: null, overrides: null });
    expect(document.tried).toHaveLength(20);
    expect(document).toMatchObject({ kind: "missing", nearest: "shared/halopsa" });
    expect(document.remedy).toBe('Import "shared/halopsa" if that is what you mean');
    expect(exitCode).toBe(1);
  });

  test("resolve --json says what kind of nothing it is: a folder with what it offers, or what cannot be imported", async () => {
    const { args } = twoLayers();
    const folder = await bifrostHere(["resolve", "shared", "--json", ...args]);
    // No module itself, and an import of what it offers works.
    expect(JSON.parse(folder.stdout)).toMatchObject({ found: false, kind: "folder", names: ["halopsa", "text"] });
    expect(folder.exitCode).toBe(0);
    const package_ = await bifrostHere(["resolve", "lodash", "--json", ...args]);
    expect(JSON.parse(package_.stdout)).toMatchObject({
      found: false,
      kind: "unsupported",
      reason: "package",
      remedy: expect.stringContaining("below shared/"),
    });
  });

  test.each([
    ["shared/halops", "did you mean shared/halopsa"],
    ["node:fs", "Modules of Node cannot be imported"],
    ["https://example.com/x.js", "URLs cannot be imported"],
    ["../../x", "above the workspace's root"],
    ["lodash", "Packages cannot be imported"],
  ])("resolve tells people what to do about %j", async (specifier, words) => {
    const { exitCode, stdout } = await bifrostHere(["resolve", specifier, ...twoLayers().args]);
    expect(stdout).toContain(words);
    expect(exitCode).toBe(1);
  });

  test("resolve shows people how to import what a folder offers", async () => {
    const { exitCode, stdout } = await bifrostHere(["resolve", "shared", ...twoLayers().args]);
    expect(stdout).toContain('import { halopsa } from "shared"');
    expect(exitCode).toBe(0);
  });

  test("resolve finds the built-in SDK in no layer", async () => {
    const { exitCode, document } = await bifrostJson(["resolve", "bifrost", ...twoLayers().args]);
    const nowhere = { scope: null, hash: null, overrides: null, tried: [] };
    expect(document).toMatchObject({ found: true, path: "bifrost", kind: "sdk", ...nowhere });
    expect(exitCode).toBe(0);
  });
});
