// The overrides of an organisation a page at a time, and how often global is overridden across organisations.
import { afterAll, beforeAll, expect, test } from "vitest";
import { countOverrides } from "../../src/catalog/override-counts.ts";
import { overrideRows } from "../../src/catalog/override-rows.ts";
import { type CatalogScene, catalogScene } from "./scene.ts";

let scene: CatalogScene;
beforeAll(async () => {
  scene = await catalogScene();
});
afterAll(() => scene.close());

test("overrideRows() tells how far each override is from global, and of which states there are how many", async () => {
  await scene.global.push({ "a.ts": "1\n2\n3\n", "b.ts": "same\n", "c.ts": "1\n2\n", "d.ts": "1\n" });
  const acme = await scene.organization();
  await acme.push({ "a.js": "1\nours\n3\n4\n", "b.ts": "same\n", "c.ts": "1\nours\n", "d.ts": "1\n2\n", "e.ts": "" });
  await scene.global.push({ "c.ts": "one\n2\n" }, ["d.ts"]);
  const all = await overrideRows(scene.edges, acme.granted, { filter: "", page: 1, perPage: 50 });
  expect(all?.states).toEqual({ current: 1, stale: 1, redundant: 1, alone: 1 });
  expect(all?.rows.map(({ override, distance }) => [override.yours.path, override.state, distance])).toEqual([
    ["a.js", "current", { added: 2, removed: 1 }],
    ["b.ts", "redundant", { added: 0, removed: 0 }],
    ["c.ts", "stale", { added: 2, removed: 2 }],
    ["d.ts", "alone", { added: 1, removed: 0 }],
  ]);
  const stale = await overrideRows(scene.edges, acme.granted, { filter: "C", state: "stale", page: 1, perPage: 50 });
  expect(stale?.rows.map(({ override }) => override.yours.path)).toEqual(["c.ts"]);
  const second = await overrideRows(scene.edges, acme.granted, { filter: "", page: 2, perPage: 3 });
  expect(second).toMatchObject({ page: 2, pages: 2, total: 4, rows: [{ override: { yours: { path: "d.ts" } } }] });
  expect(await overrideRows(scene.edges, scene.operator, { filter: "", page: 1, perPage: 3 })).toBeUndefined();
});

test("countOverrides() counts organisations, each once whatever extensions it uses", async () => {
  await scene.global.push({ "n/often.ts": "1\n", "n/once.ts": "1\n", "n/never.ts": "1\n", "n/form.yaml": "1\n" });
  const organizations = await Promise.all([scene.organization(), scene.organization(), scene.organization()]);
  const [one, two, three] = organizations;
  await one?.push({ "n/often.ts": "2\n", "n/often.js": "2\n", "n/once/index.ts": "2\n" });
  await two?.push({ "n/often.mjs": "2\n" });
  await three?.push({ "n/other.ts": "2\n" });
  const found = await countOverrides(scene.edges, scene.operator, "n/");
  expect(found.counts.map(({ entry, organizations: count }) => [entry.path, count])).toEqual([
    ["n/often.ts", 2],
    ["n/once.ts", 1],
  ]);
  expect(found.organizations).toBeGreaterThanOrEqual(3);
  await two?.push({}, ["n/often.mjs"]);
  expect((await countOverrides(scene.edges, scene.operator, "often")).counts[0]?.organizations).toBe(1);
});
