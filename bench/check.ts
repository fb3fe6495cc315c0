// The check of a pull request from its job to the completed check run, against linking the same workspace and nothing else.
import { createLinker } from "../src/link/linker.ts";
import type { WorkspacePath } from "../src/workspace/path.ts";
import { blastBenches } from "./blast.ts";
import { openCheckScene } from "./check-scene.ts";
import { type Bench, contest, figure, median, timed } from "./measure.ts";
import { layerOf, makeSources } from "./modules.ts";

const modules = 200;
const workflows = 100;

const smallBench = contest({
  group: "check",
  name: `a pull request that changes 5 workflows, of ${workflows} over ${modules} modules`,
  against: "linking every workflow with everything parsed",
  reach: null,
  turns: 9,
  warmUps: 2,
  prepare: async () => {
    const sources = makeSources(modules, workflows);
    const scene = await openCheckScene(sources, "organization");
    const layer = layerOf(scene.scope, sources);
    const entries = [...layer.files]
      .filter(([path]) => path.startsWith("workflows/"))
      .map(([path, hash]) => ({ scope: scene.scope, path, hash }));
    let turn = 0;
    return {
      subject: async () => {
        turn += 1;
        const { conclusion, summary } = await scene.check(changed(sources, turn));
        if (conclusion !== "success") throw new Error(summary);
      },
      baseline: async () => {
        const linker = createLinker([layer], scene.records);
        for (let missing = linker.missing(entries); missing.length > 0; missing = linker.missing(entries)) {
          for (const file of missing) linker.add(file, sources.get(file.path) ?? "");
        }
        for (const entry of entries) linker.link(entry);
      },
      close: scene.close,
    };
  },
});

const manyWorkflows = 1000;
const turns = 5;
const warmUps = 1;

const largeBench: Bench = {
  group: "check",
  measure: async () => {
    const sources = makeSources(manyWorkflows, manyWorkflows);
    const scene = await openCheckScene(sources, "organization");
    try {
      const tookMs: number[] = [];
      for (let turn = 1; turn <= warmUps + turns; turn += 1) {
        const took = await timed(async () => {
          const { conclusion, summary } = await scene.check(changed(sources, turn));
          if (conclusion !== "success") throw new Error(summary);
        });
        if (turn > warmUps) tookMs.push(took);
      }
      const name = `a pull request that changes 5 workflows, of ${manyWorkflows.toLocaleString("en")} over as many modules, from job to completed check`;
      return [figure({ group: "check", name, value: median(tookMs), unit: "ms", reach: 2000 })];
    } finally {
      await scene.close();
    }
  },
};

export const checkBenches: readonly Bench[] = [smallBench, largeBench, ...blastBenches];

function changed(sources: ReadonlyMap<WorkspacePath, string>, turn: number): Map<WorkspacePath, string> {
  const after = new Map(sources);
  for (let index = 0; index < 5; index += 1) {
    const path = `workflows/w${index}.ts` as WorkspacePath;
    after.set(path, `${sources.get(path) ?? ""}// ${turn}\n`);
  }
  return after;
}
