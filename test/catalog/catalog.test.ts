// What a scope sees, on real Postgres: which layer each file is of, what it hides, how it stands, and that it is all of
// one moment and of nobody else.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CatalogEntry, catalogOf } from "../../src/catalog/catalog.ts";
import { takeLayers } from "../../src/catalog/layers.ts";
import type { GrantedScope } from "../../src/workspace/grant.ts";
import { type CatalogScene, catalogScene } from "./scene.ts";

let scene: CatalogScene;
beforeAll(async () => {
  scene = await catalogScene();
  await scene.global.push({
    "shared/halopsa.ts": "one\ntwo\nthree\n",
    "shared/text.ts": "export const text = 1;\n",
    "shared/gone.ts": "gone\n",
    "shared/same.ts": "same\n",
    "shared/plain.ts": "plain\n",
    "shared/dates/index.ts": "dates\n",
  });
});
afterAll(() => scene.close());

async function look(granted: GrantedScope): Promise<readonly CatalogEntry[]> {
  return (await catalogOf(scene.edges, await takeLayers(scene.edges, granted))).entries;
}

/** Each entry in a line: layer, path, what it hides or is hidden by, and its badges. */
function told(entries: readonly CatalogEntry[]): string[] {
  return entries.map(({ layer, path, overrides, hiddenBy, override, pinned }) =>
    [layer, path, overrides && `> ${overrides}`, hiddenBy && `< ${hiddenBy}`, override, pinned]
      .filter((part) => part !== null)
      .join(" "),
  );
}

describe("catalogOf()", () => {
  test("tells of each file its layer, what it hides or is hidden by, and how an override stands", async () => {
    const acme = await scene.organization();
    await acme.push({
      "shared/halopsa.js": "one\nours\nthree\n",
      "shared/text.ts": "export const text = 2;\n",
      "shared/same.ts": "same\n",
      "shared/gone.ts": "ours\n",
      "shared/dates.ts": "ours\n",
      "own.ts": "own\n",
    });
    await scene.global.push({ "shared/halopsa.ts": "ONE\ntwo\nTHREE\n" }, ["shared/gone.ts"]);
    expect(told(await look(acme.granted))).toEqual([
      "own own.ts",
      "own shared/dates.ts > shared/dates/index.ts current",
      "global shared/dates/index.ts < shared/dates.ts",
      "own shared/gone.ts alone",
      "own shared/halopsa.js > shared/halopsa.ts stale",
      "global shared/halopsa.ts < shared/halopsa.js",
      "global shared/plain.ts",
      "own shared/same.ts > shared/same.ts redundant",
      "global shared/same.ts < shared/same.ts",
      "own shared/text.ts > shared/text.ts current",
      "global shared/text.ts < shared/text.ts",
    ]);
  });

  test("tells size and last change", async () => {
    const acme = await scene.organization();
    await acme.push({ "a.ts": "1\n", "b.ts": "1\n" });
    await acme.push({ "a.ts": "four\n" });
    const entries = (await look(acme.granted)).filter(({ layer }) => layer === "own");
    expect(entries.map(({ path, sizeBytes, changed }) => [path, sizeBytes, changed?.number, changed?.author])).toEqual([
      ["a.ts", 5, 2, "Ada"],
      ["b.ts", 2, 1, "Ada"],
    ]);
    expect(entries[0]?.changed?.commit).toMatch(/^[0-9a-f]{40}$/);
  });

  test("sees global at the pin, and says which of its files have moved on", async () => {
    const acme = await scene.organization();
    const pin = await scene.global.push({ "pin/a.ts": "1\n", "pin/b.ts": "1\n" });
    await acme.push({ "own.ts": "" }, [], { pin: { revision: pin, release: null, until: null } });
    await scene.global.push({ "pin/a.ts": "2\n", "pin/c.ts": "1\n" });
    const entries = (await look(acme.granted)).filter(({ path }) => path.startsWith("pin/"));
    expect(told(entries)).toEqual(["global pin/a.ts behind", "global pin/b.ts current"]);
    expect(entries[0]?.changed?.number).toBe(pin);
  });

  test("is of one layer for global", async () => {
    const entries = await look(scene.operator);
    expect(new Set(entries.map(({ layer }) => layer))).toEqual(new Set(["own"]));
    expect(entries.some(({ path }) => path === "shared/plain.ts")).toBe(true);
  });

  test("shows a push at the next look, and what did not change is not read again", async () => {
    const acme = await scene.organization();
    await acme.push({ "a.ts": "1\n" });
    const [first, again] = [await takeLayers(scene.edges, acme.granted), await takeLayers(scene.edges, acme.granted)];
    expect(again.layers.map(({ layer }) => layer)).toEqual(first.layers.map(({ layer }) => layer));
    await acme.push({ "a.ts": "22\n" });
    const later = await takeLayers(scene.edges, acme.granted);
    expect(later.layers[0].files.get("a.ts" as never)?.sizeBytes).toBe(3);
    expect(later.layers[1]?.layer).toBe(first.layers[1]?.layer);
  });

  test("shows nobody the files of another organisation, whose memory it shares", async () => {
    const [acme, globex] = [await scene.organization(), await scene.organization()];
    await acme.push({ "secret-of-acme.ts": "" });
    await globex.push({ "secret-of-globex.ts": "" });
    for (const [mine, theirs, granted] of [
      ["acme", "globex", acme.granted],
      ["globex", "acme", globex.granted],
      ["acme", "globex", acme.granted],
    ] as const) {
      const paths = (await look(granted)).map(({ path }) => `${path}`);
      expect(paths).toContain(`secret-of-${mine}.ts`);
      expect(paths).not.toContain(`secret-of-${theirs}.ts`);
    }
    expect((await look(scene.operator)).filter(({ path }) => path.startsWith("secret"))).toEqual([]);
  });

  test("is of one moment while both layers are pushed to", async () => {
    const acme = await scene.organization();
    await scene.global.push({ "race/a.ts": "0\n" });
    await acme.push({ "race/own.ts": "0\n" });
    let isOver = false;
    const pushes = (async () => {
      for (let turn = 1; turn <= 12; turn += 1) {
        // Global first, always: whoever sees the organisation's n-th push sees global's n-th.
        await scene.global.push({ "race/a.ts": `${"x".repeat(turn)}\n` });
        await acme.push({ "race/own.ts": `${"x".repeat(turn)}\n` });
      }
      isOver = true;
    })();
    let looks = 0;
    while (!isOver) {
      const { layers } = await takeLayers(scene.edges, acme.granted);
      const sizes = [layers[0].files.get("race/own.ts" as never), layers[1]?.files.get("race/a.ts" as never)];
      const [own = 0, below = 0] = sizes.map((file) => file?.sizeBytes);
      expect(below === own || below === own + 1).toBe(true);
      looks += 1;
    }
    await pushes;
    expect(looks).toBeGreaterThan(3);
  });
});
