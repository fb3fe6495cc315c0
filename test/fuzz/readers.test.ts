// What reads other people's files: the manifest, the archive, paths and specifiers. Each says what is wrong or takes it, and
// none throws anything else, hangs or keeps what it has read.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import { tarFiles } from "../../src/github/tar.ts";
import { createIgnore, readManifest } from "../../src/manifest/manifest.ts";
import { resolveModule, triedPaths } from "../../src/workspace/cascade.ts";
import { parsePath, type WorkspacePath } from "../../src/workspace/path.ts";
import { layersOf } from "../workspace/layers.ts";
import { bytesNearTo, nearTo, numRuns, patienceMs, watchHeap } from "./fuzz.ts";

const manifests = [
  "scope: acme\nroot: modules\nglobal: v1.2.3\npinned_until: 2030-01-31\ngate: true\nignore: [ 'fixtures/**', '*.snap' ]\n",
  "# comment\nscope: global\nignore:\n  - a/**/b\n  - '!c'\n",
  '{ "scope": "acme", "root": "." }',
  "scope: &a acme\nroot: *a\n",
  "---\nscope: acme\n...\n---\nscope: other\n",
];

test("a manifest of any kind is read or refused at a line that it has", { timeout: patienceMs }, () => {
  const heapIsAsBefore = watchHeap(20);
  fc.assert(
    fc.property(nearTo(manifests), (text) => {
      const reading = readManifest(text);
      const lines = text.split(/\r\n|\r|\n/).length;
      for (const { line, message } of reading.diagnostics) {
        expect(message).not.toBe("");
        expect(line === null || (line >= 1 && line <= lines)).toBe(true);
      }
      if (!("request" in reading)) {
        expect(reading.diagnostics.some(({ severity }) => severity === "error")).toBe(true);
        return;
      }
      expect(createIgnore(reading.request.ignore)("shared/a.ts")).toBeTypeOf("boolean");
    }),
    { numRuns },
  );
  heapIsAsBefore();
});

test("an archive of any kind is read within its limits or refused", { timeout: patienceMs }, async () => {
  const archive = await smallArchive();
  const limits = { fileBytesMax: 2_000, totalBytesMax: 20_000 };
  const heapIsAsBefore = watchHeap(20);
  await fc.assert(
    fc.asyncProperty(bytesNearTo(archive), fc.integer({ min: 1, max: 3_000 }), async (bytes, chunkBytes) => {
      async function* chunks() {
        for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
      }
      try {
        for await (const file of tarFiles(chunks(), limits))
          expect(file.length).toBeLessThanOrEqual(limits.fileBytesMax);
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }),
    { numRuns },
  );
  heapIsAsBefore();
});

async function smallArchive(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "bifrost-fuzz-"));
  try {
    await writeFile(join(folder, "a.ts"), "export const a = 1;\n");
    await writeFile(join(folder, `${"long".repeat(60)}.ts`), "export const b = 2;\n".repeat(60));
    await symlink("a.ts", join(folder, "link.ts"));
    return execFileSync("tar", ["--format=pax", "-cf", "-", "-C", folder, "."]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const paths = ["shared/halopsa.ts", "shared/index.ts", "workflows/a b.js", "__proto__/constructor.ts", "lib/ü.json"];
const specifiers = [
  "shared/halopsa",
  "./a b",
  "../shared",
  "../../x",
  "bifrost",
  "node:fs",
  "https://a/b",
  "lodash/fp",
  "",
];

test("a specifier of any kind leads to a file of a layer, or nowhere", { timeout: patienceMs }, () => {
  const layers = layersOf(paths.slice(0, 3), paths);
  const held = new Set<string>(paths);
  fc.assert(
    fc.property(nearTo(specifiers), fc.constantFrom(...paths), (specifier, importer) => {
      const from = importer as WorkspacePath;
      const found = resolveModule(layers, specifier, from);
      if (found.kind === "module") expect(held.has(found.file.path)).toBe(true);
      for (const { path } of triedPaths(layers, specifier, from)) expect(path).not.toMatch(/^\/|(^|\/)\.\.?(\/|$)/);
    }),
    { numRuns },
  );
});

test("a path of any kind is taken as it is written, or not at all", { timeout: patienceMs }, () => {
  fc.assert(
    fc.property(nearTo(paths), (text) => {
      const path = parsePath(text);
      if (path === undefined) return;
      expect(path).toBe(text);
      expect(text).not.toMatch(/\0|^\/|(^|\/)\.\.?(\/|$)|\/\/|\\/);
    }),
    { numRuns },
  );
});
