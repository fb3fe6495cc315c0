// Linking, against the fastest bundler there is doing the same work: parse every module, resolve every import; and linking
// again once some files have changed.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { contentHash } from "../src/digest.ts";
import { createLinker, type Linker } from "../src/link/linker.ts";
import { createRecordCache } from "../src/link/record-cache.ts";
import { createParser } from "../src/parsing/parser.ts";
import { loadGraph } from "../src/run/load.ts";
import { createLayer, type Layer, type LayeredFile } from "../src/workspace/layer.ts";
import type { WorkspacePath } from "../src/workspace/path.ts";
import { globalScope } from "../src/workspace/scope.ts";
import { type Bench, contest, figure, median, timed } from "./measure.ts";
import { layerOf, makeGroupedSources, type Sources } from "./modules.ts";

const workflows = 1000;
const modules = 2000;
const changedFiles = 5;
const relinks = 15;

export const linkBenches: readonly Bench[] = [
  contest({
    group: "link",
    name: "1,000 workflows over 2,000 modules, nothing parsed",
    against: "esbuild bundling the same entries without writing",
    reach: 0.6,
    turns: 7,
    warmUps: 2,
    prepare: async () => {
      const sources = makeGroupedSources(modules, workflows);
      const layer = layerOf(globalScope, sources);
      const entries = entriesOf(layer);
      const folder = await writeSources(sources);
      // As a server has it: sources are parsed in processes of their own, which are there already. So is esbuild's.
      const parser = createParser();
      return {
        subject: async () => {
          const linker = createLinker([layer], createRecordCache({ parseMany: parser.parse }));
          await loadGraph(linker, readerOf(sources), entries);
          linkAll(linker, entries);
        },
        baseline: () =>
          build({
            entryPoints: entries.map(({ path }) => join(folder, path)),
            bundle: true,
            write: false,
            format: "esm",
            outdir: join(folder, "out"),
            logLevel: "error",
          }),
        close: async () => {
          await parser.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  }),
  relinking("modules of different groups", 30, (turn, index) => (index * 397 + turn * 20) % modules),
  // Nothing of the graph is left as it was: what the change costs where nothing can be taken over.
  relinking("modules that nearly everything imports", null, (_, index) => index),
];

/** A bench of linking everything again after some files changed: all workflows get their verdict and their program. */
function relinking(which: string, reach: number | null, changed: (turn: number, index: number) => number): Bench {
  return {
    group: "link",
    measure: async () => {
      const original = makeGroupedSources(modules, workflows);
      const sources = new Map(original);
      const parser = createParser();
      const records = createRecordCache({ parseMany: parser.parse });
      const layer = layerOf(globalScope, sources);
      const linker = createLinker([layer], records);
      await loadGraph(linker, readerOf(sources), entriesOf(layer));
      linkAll(linker, entriesOf(layer));
      // What an index of the graph costs is paid once, by whoever expects changes, and not with each of them.
      linker.derive([layer], []);
      const samples: number[] = [];
      for (let turn = 0; turn < relinks; turn += 1) {
        for (const [path, source] of original) sources.set(path, source);
        const paths = Array.from({ length: changedFiles }, (_, index) => {
          const path = `shared/m${changed(turn, index)}.ts` as WorkspacePath;
          // As long as before, so that no turn has more to read than the one before it.
          sources.set(path, `${original.get(path)}export const changed${turn} = ${index};\n`);
          return path;
        });
        samples.push(
          await timed(async () => {
            const files = new Map(layer.files);
            for (const path of paths) files.set(path, contentHash(Buffer.from(sources.get(path) ?? "")));
            const changedLayer = createLayer(globalScope, files);
            const entries = entriesOf(changedLayer);
            const next = linker.derive([changedLayer], paths);
            await loadGraph(next, readerOf(sources), entries);
            linkAll(next, entries);
          }),
        );
      }
      await parser.close();
      const name = `the same after a change to ${changedFiles} ${which}`;
      return [figure({ group: "link", name, value: median(samples), unit: "ms", reach })];
    },
  };
}

function entriesOf({ scope, files }: Layer): LayeredFile[] {
  return [...files].flatMap(([path, hash]) => (path.startsWith("workflows/") ? [{ scope, path, hash }] : []));
}

function readerOf(sources: Sources) {
  return {
    read: async (files: readonly LayeredFile[]) => new Map(files.map((file) => [file, sources.get(file.path) ?? ""])),
  };
}

function linkAll(linker: Linker, entries: readonly LayeredFile[]): void {
  for (const entry of entries) {
    if (linker.link(entry).program === undefined) throw new Error(`${entry.path} does not link`);
  }
}

async function writeSources(sources: Sources): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bifrost-bench-"));
  for (const [path, source] of sources) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), source);
  }
  return folder;
}
