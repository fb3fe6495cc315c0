// The linker on sources of any kind in two layers: it says what is wrong at places that the files have, always the same, and
// neither the process that parses nor this one is lost or left with what it has read.
import { hash } from "node:crypto";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createLinker } from "../../src/link/linker.ts";
import { createRecordCache } from "../../src/link/record-cache.ts";
import { createParser } from "../../src/parsing/parser.ts";
import { type ContentHash, createLayer, type LayeredFile } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import { acme } from "../workspace/layers.ts";
import { nearTo, numRuns, patienceMs, watchHeap } from "./fuzz.ts";

const sources = [
  'import { a as b } from "shared/b";\nexport * from "./c";\nexport default async (input: { x?: number }) => b(input.x ?? 0);\n',
  "export const a = (n: number): number => n + 1;\nexport type T = typeof a;\nexport { a as 'two words' };\n",
  'export * as all from "shared/a";\nimport data from "./d.json" with { type: "json" };\nexport const later = () => import("shared/" + data.x);\n',
  'import * as ns from "shared";\nimport type { T } from "shared/b";\nexport class C<X extends T> { #p = ns; static { void C; } }\nexport default C;\n',
  "#!/usr/bin/env node\nexport function* g() { yield* [1, `t${2}`, /r[/]e/u]; }\nlabel: for (;;) { break label; }\n",
  '{ "x": "a", "__proto__": { "y": [1, 2.5e3, null] } }',
];
const paths = [
  "workflows/a.ts",
  "shared/a.ts",
  "shared/b.ts",
  "shared/c.js",
  "shared/d.json",
  "shared/index.ts",
] as const;

const files = fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), nearTo(sources)), {
  selector: ([path]) => path,
  maxLength: paths.length,
});

const parser = createParser();
afterAll(() => parser.close());

test("sources of any kind are linked or refused at their lines", { timeout: patienceMs }, async () => {
  const heapIsAsBefore = watchHeap(120);
  // What is parsed is kept by content, of which no two are alike here.
  const records = () => createRecordCache({ parseMany: parser.parse, bytesMax: 1024 * 1024 });
  await fc.assert(
    fc.asyncProperty(files, files, async (own, global) => {
      const one = await linkAll(own, global, records());
      expect(await linkAll(own, global, records())).toEqual(one);
    }),
    { numRuns },
  );
  heapIsAsBefore();
});

type Files = readonly (readonly [string, string])[];

async function linkAll(own: Files, global: Files, records: ReturnType<typeof createRecordCache>) {
  const layers = [layerOf(acme, own), layerOf(globalScope, global)];
  const contents = new Map([...own, ...global].map(([, content]) => [hashOf(content), content]));
  const linker = createLinker(layers, records);
  const verdicts: unknown[] = [];
  for (const layer of layers) {
    for (const [path, hash] of layer.files) {
      const entry: LayeredFile = { scope: layer.scope, path, hash };
      for (;;) {
        const missing = linker.missing([entry]);
        if (missing.length === 0) break;
        await linker.addAll(new Map(missing.map((file) => [file, contents.get(file.hash) ?? ""])));
      }
      const { diagnostics, program } = linker.link(entry);
      for (const { scope, path, line, message } of diagnostics) {
        expect(message).not.toBe("");
        const text = new Map(scope === "global" ? global : own).get(path ?? "");
        if (line !== null) expect(line).toBeLessThanOrEqual((text ?? "").split(/\r\n|[\n\r\u2028\u2029]/).length);
      }
      verdicts.push(diagnostics, program === undefined);
    }
  }
  return verdicts;
}

function layerOf(scope: Scope, files: Files) {
  return createLayer(scope, new Map(files.map(([path, content]) => [path as WorkspacePath, hashOf(content)])));
}

function hashOf(content: string): ContentHash {
  return hash("sha256", content) as ContentHash;
}
