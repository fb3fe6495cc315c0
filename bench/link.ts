// Linking, against the fastest bundler there is doing the same work: parse every module, resolve every import.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { createLinker } from "../src/link/linker.ts";
import { globalScope } from "../src/workspace/scope.ts";
import { type Bench, contest } from "./measure.ts";
import { layerOf, makeSources } from "./modules.ts";

export const linkBenches: readonly Bench[] = [
  contest({
    group: "link",
    name: "1,000 modules and 100 workflows, nothing parsed",
    against: "esbuild bundling the same entries without writing",
    reach: null,
    turns: 9,
    warmUps: 2,
    prepare: async () => {
      const sources = makeSources(1000, 100);
      const layer = layerOf(globalScope, sources);
      const entries = [...layer.files]
        .filter(([path]) => path.startsWith("workflows/"))
        .map(([path, hash]) => ({ scope: globalScope, path, hash }));

      const folder = await mkdtemp(join(tmpdir(), "bifrost-bench-"));
      for (const [path, source] of sources) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), source);
      }
      return {
        subject: async () => {
          const linker = createLinker([layer]);
          for (let missing = linker.missing(entries); missing.length > 0; missing = linker.missing(entries)) {
            for (const file of missing) linker.add(file, sources.get(file.path) ?? "");
          }
          for (const entry of entries) {
            if (linker.link(entry).program === undefined) throw new Error(`${entry.path} does not link`);
          }
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
        close: () => rm(folder, { recursive: true, force: true }),
      };
    },
  }),
];
