// A derived linker against a new one over the same layers: random workspaces, and what one change does to them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentHash } from "../../src/digest.ts";
import { createLinker, type Linker, type LinkResult } from "../../src/link/linker.ts";
import type { RecordCache } from "../../src/link/record-cache.ts";
import { createLayer, type Layer, type LayeredFile } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope, type OrganizationId, type Scope, scopeOf } from "../../src/workspace/scope.ts";
import { changed, layerFiles, type Sources } from "../support/random-workspace.ts";

const seed = 20_270_401;
const acme = scopeOf({ id: "0b0e7a52-5b0f-4c57-9f6e-1d2f6f9f0a01" as OrganizationId, slug: "acme" });

const contents = new Map<string, string>();
function layerOf(scope: Scope, sources: Sources): Layer {
  const files = Object.entries(sources).map(([path, source]) => {
    const hash = contentHash(Buffer.from(source));
    contents.set(hash, source);
    return [path as WorkspacePath, hash] as const;
  });
  return createLayer(scope, new Map(files));
}

const filesOf = ({ scope, files }: Layer): LayeredFile[] => [...files].map(([path, hash]) => ({ scope, path, hash }));
const pathsOf = (...layers: readonly Sources[]) => layers.flatMap((files) => Object.keys(files)) as WorkspacePath[];

function supply(linker: Linker, entries: readonly LayeredFile[]): void {
  for (let missing = linker.missing(entries); missing.length > 0; missing = linker.missing(entries)) {
    for (const file of missing) linker.add(file, contents.get(file.hash) ?? "");
  }
}

/** What a person would notice of a link. */
function seen({ files, diagnostics, program, dynamicImports, hasComputedImport }: LinkResult): unknown {
  return {
    files,
    found: diagnostics.map(({ code, severity, scope, path, line, column }) => [
      code,
      severity,
      scope,
      path,
      line,
      column,
    ]),
    program,
    dynamicImports,
    hasComputedImport,
  };
}

/** Links every file of these layers, in one linker and in the other, and wants them to agree. Gives how many link. */
function expectSame(derived: Linker, layers: readonly Layer[]): number {
  const fresh = createLinker(layers);
  const entries = layers.flatMap(filesOf);
  supply(fresh, entries);
  supply(derived, entries);
  let linked = 0;
  for (const entry of entries) {
    const expected = fresh.link(entry);
    expect(seen(derived.link(entry)), `${entry.path}`).toEqual(seen(expected));
    if (expected.program) linked += 1;
  }
  return linked;
}

describe("derive()", () => {
  test("links a layer laid over others as a new linker does", { timeout: 60_000 }, () => {
    let linked = 0;
    const world = fc.record({ global: layerFiles(9), own: layerFiles(4) });
    fc.assert(
      fc.property(world, ({ global, own }) => {
        const below = layerOf(globalScope, global);
        const linker = createLinker([below]);
        supply(linker, filesOf(below));
        for (const file of filesOf(below)) linker.link(file);
        const layers = [layerOf(acme, own), below];
        linked += expectSame(linker.derive(layers, pathsOf(own)), layers);
      }),
      { seed, numRuns: 500 },
    );
    expect(linked).toBeGreaterThan(500);
  });

  test("comes to the same verdict where it keeps the words of what is imported in vain", { timeout: 60_000 }, () => {
    const world = fc.record({ global: layerFiles(9), own: layerFiles(4) });
    let broken = 0;
    fc.assert(
      fc.property(world, ({ global, own }) => {
        const below = layerOf(globalScope, global);
        const linker = createLinker([below]);
        supply(linker, filesOf(below));
        const layers = [layerOf(acme, own), below];
        const [fresh, derived] = [createLinker(layers), linker.derive(layers, pathsOf(own), { keepsWords: true })];
        for (const entry of layers.flatMap(filesOf)) {
          for (const one of [fresh, derived]) supply(one, [entry]);
          const [expected, link] = [fresh.link(entry), derived.link(entry)];
          const places = ({ diagnostics }: LinkResult) =>
            diagnostics.map(({ severity, scope, path, line, column }) => [severity, scope, path, line, column]);
          expect([link.files, places(link)]).toEqual([expected.files, places(expected)]);
          if (expected.program === undefined) broken += 1;
        }
      }),
      { seed, numRuns: 200 },
    );
    expect(broken).toBeGreaterThan(100);
  });

  test("links a changed layer, and another one over that, as new linkers do", { timeout: 60_000 }, () => {
    const world = layerFiles(9).chain((before) =>
      fc.record({ before: fc.constant(before), after: changed(before, 2), own: layerFiles(3) }),
    );
    let linked = 0;
    fc.assert(
      fc.property(world, ({ before, after, own }) => {
        const [earlier, later] = [layerOf(globalScope, before), layerOf(globalScope, after)];
        const linker = createLinker([earlier]);
        supply(linker, filesOf(earlier));
        const paths = pathsOf(before, after).filter((path) => earlier.files.get(path) !== later.files.get(path));
        const relinked = linker.derive([later], paths);
        expectSame(relinked, [later]);
        const layers = [layerOf(acme, own), later];
        linked += expectSame(relinked.derive(layers, pathsOf(own)), layers);
      }),
      { seed, numRuns: 500 },
    );
    expect(linked).toBeGreaterThan(400);
  });

  test("takes over what no path touches and asks for nothing of it again", () => {
    const before = { "a.ts": 'import "./b";', "b.ts": "export {};", "c.ts": 'import "./d";', "d.ts": "export {};" };
    const after = { ...before, "d.ts": "export const d = 1;" };
    const parsed: string[] = [];
    const records: RecordCache = {
      read: () => {
        throw new Error("Every source comes by addAll");
      },
      readMany: async (sources) => {
        const { parseModule } = await import("../../src/link/parse.ts");
        parsed.push(...sources.map(({ source }) => source));
        return sources.map(({ source, language }) => parseModule(source, language));
      },
    };
    const [earlier, later] = [layerOf(globalScope, before), layerOf(globalScope, after)];
    const linker = createLinker([earlier], records);
    return (async () => {
      const fill = async (filled: Linker, layer: Layer) => {
        for (
          let missing = filled.missing(filesOf(layer));
          missing.length > 0;
          missing = filled.missing(filesOf(layer))
        ) {
          await filled.addAll(new Map(missing.map((file) => [file, contents.get(file.hash) ?? ""])));
        }
      };
      await fill(linker, earlier);
      parsed.length = 0;
      const relinked = linker.derive([later], ["d.ts" as WorkspacePath]);
      await fill(relinked, later);
      expect(parsed).toEqual(["export const d = 1;"]);
      const linkOf = (linked: Linker, layer: Layer, path: string) => {
        const entry = filesOf(layer).find((file) => file.path === path);
        if (entry === undefined) throw new Error(`No such file: ${path}`);
        return linked.link(entry).program?.modules.at(-1);
      };
      expect(linkOf(relinked, later, "a.ts")).toBe(linkOf(linker, earlier, "a.ts"));
      expect(linkOf(relinked, later, "c.ts")).not.toBe(linkOf(linker, earlier, "c.ts"));
    })();
  });
});
