// One module on real Postgres: found in its layer, now and then, compared, with its history and where its imports lead.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareModule } from "../../src/catalog/compare-module.ts";
import { type FoundModule, findModule, type ModuleRequest } from "../../src/catalog/find-module.ts";
import { moduleHistory } from "../../src/catalog/module-history.ts";
import { moduleImports } from "../../src/catalog/module-imports.ts";
import { readText } from "../../src/catalog/module-text.ts";
import { path } from "../store/sample.ts";
import { type CatalogScene, catalogScene, type Pushed } from "./scene.ts";

let scene: CatalogScene;
let acme: Pushed;
let globalRevisions: number[];
beforeAll(async () => {
  scene = await catalogScene();
  acme = await scene.organization();
  globalRevisions = [
    await scene.global.push({
      "shared/halopsa.ts": "1\n2\n",
      "shared/use.ts": 'import "./halopsa";\n',
      "old.ts": "1\n",
    }),
    await scene.global.push({ "shared/halopsa.ts": "1\n2\n3\n" }, ["old.ts"]),
  ];
  await acme.push({ "shared/halopsa.js": "1\nours\n", "gone.ts": "1\n" });
  await acme.push({ "shared/halopsa.js": "1\nours\n3\n", "gone.ts": "2\n" });
  await acme.push({}, ["gone.ts"]);
});
afterAll(() => scene.close());

async function find(at: string, rest: Partial<ModuleRequest> = {}): Promise<FoundModule> {
  const found = await findModule(scene.edges, { granted: acme.granted, path: path(at), ...rest });
  if (found === undefined) throw new Error(`No layer ever had ${at}`);
  return found;
}

async function textOf(found: FoundModule): Promise<string> {
  const { granted, version } = found;
  return readText(scene.edges, { granted, path: version.path, hash: version.hash, revision: version.made.number });
}

describe("findModule()", () => {
  test("finds the organisation's and what it hides, each by its path", async () => {
    const own = await find("shared/halopsa.js");
    expect([own.layer, own.isPresent, own.counterpart?.path, await textOf(own)]).toEqual([
      "own",
      true,
      "shared/halopsa.ts",
      "1\nours\n3\n",
    ]);
    const hidden = await find("shared/halopsa.ts");
    expect([hidden.layer, hidden.counterpart?.path, hidden.entry?.hiddenBy, await textOf(hidden)]).toEqual([
      "global",
      "shared/halopsa.js",
      "shared/halopsa.js",
      "1\n2\n3\n",
    ]);
  });

  test("finds a version of the past, and none where there was none", async () => {
    const past = await find("shared/halopsa.js", { layer: "own", at: 1 });
    expect([past.isPresent, past.version.ended?.number, await textOf(past)]).toEqual([false, 2, "1\nours\n"]);
    const request = { granted: acme.granted, path: path("shared/halopsa.js"), layer: "own", at: 0 } as const;
    expect(await findModule(scene.edges, request)).toBeUndefined();
  });

  test("finds what is gone as it was last", async () => {
    const gone = await find("gone.ts");
    expect([gone.layer, gone.isPresent, gone.version.ended?.number, await textOf(gone)]).toEqual([
      "own",
      false,
      3,
      "2\n",
    ]);
    const below = await find("old.ts");
    expect([below.layer, below.isPresent, await textOf(below)]).toEqual(["global", false, "1\n"]);
  });

  test("finds nothing of another organisation, nor what never was", async () => {
    const globex = await scene.organization();
    for (const at of ["shared/halopsa.js", "gone.ts", "never.ts"]) {
      expect(await findModule(scene.edges, { granted: globex.granted, path: path(at) })).toBeUndefined();
    }
  });
});

describe("compareModule()", () => {
  test("compares with what is hidden, from whichever side it is looked at", async () => {
    for (const at of ["shared/halopsa.js", "shared/halopsa.ts"]) {
      const comparison = await compareModule(scene.edges, await find(at), { change: false });
      expect(comparison).toMatchObject({
        kind: "layers",
        before: { path: "shared/halopsa.ts", layer: "global", content: "1\n2\n3\n" },
        after: { path: "shared/halopsa.js", layer: "own" },
        diff: { added: 1, removed: 1 },
      });
    }
    expect(await compareModule(scene.edges, await find("shared/use.ts"), { change: false })).toBeUndefined();
  });

  test("tells what a revision made of a file, its first one too", async () => {
    const second = await find("shared/halopsa.js", { layer: "own", at: 2 });
    expect(await compareModule(scene.edges, second, { change: true })).toMatchObject({
      before: { content: "1\nours\n", revision: 1 },
      diff: { kind: "changed", added: 1, removed: 0 },
    });
    const first = await find("shared/halopsa.js", { layer: "own", at: 1 });
    expect(await compareModule(scene.edges, first, { change: true })).toMatchObject({
      before: undefined,
      diff: { kind: "added" },
    });
  });

  test("sees a module under another extension as renamed", async () => {
    const globex = await scene.organization();
    await globex.push({ "m/a.ts": "1\n" });
    await globex.push({ "m/a.js": "1\n2\n" }, ["m/a.ts"]);
    const found = await findModule(scene.edges, { granted: globex.granted, path: path("m/a.js") });
    expect(found && (await compareModule(scene.edges, found, { change: true }))).toMatchObject({
      before: { path: "m/a.ts" },
      diff: { kind: "renamed", added: 1 },
    });
  });
});

test("moduleHistory() tells what happened under the name in both layers, newest first", async () => {
  const { taken } = await find("shared/halopsa.js");
  const events = await moduleHistory(scene.edges, taken, path("shared/halopsa.js"));
  expect(events.map(({ layer, kind, revision, version }) => [layer, kind, revision.number, version.path])).toEqual([
    ["own", "changed", 2, "shared/halopsa.js"],
    ["own", "added", 1, "shared/halopsa.js"],
    ["global", "changed", globalRevisions[1], "shared/halopsa.ts"],
    ["global", "added", globalRevisions[0], "shared/halopsa.ts"],
  ]);
});

test("moduleImports() leads a module of global to what the organisation has in its neighbour's place", async () => {
  const { taken, entry } = await find("shared/use.ts");
  const trace = entry && (await moduleImports(scene.edges, taken, entry));
  expect(trace?.imports).toMatchObject([
    {
      specifier: "./halopsa",
      leadsTo: "module",
      files: [{ path: "shared/halopsa.js", scope: { kind: "organization" } }],
    },
  ]);
});
