// The check of a pull request from its job to the completed check run, against linking the same workspace and nothing else;
// and of a large one from the webhook to the check run on GitHub, through the whole app.
import { createLinker } from "../src/link/linker.ts";
import type { WorkspacePath } from "../src/workspace/path.ts";
import { blastBenches } from "./blast.ts";
import { openCheckScene } from "./check-scene.ts";
import { deliver, pullBody, startBenchApp } from "./deliveries.ts";
import { boundTree } from "./github-in-memory.ts";
import { type Concluded, startGitHubServer } from "./github-server.ts";
import { type Bench, contest, figure, median, timed } from "./measure.ts";
import { layerOf, makeSources } from "./modules.ts";
import { createBoundRepository } from "./repository.ts";
import { startServers } from "./servers.ts";

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
    const servers = await startServers();
    const github = await startGitHubServer();
    const { facts, slug } = await createBoundRepository(servers.store);
    await github.commit(facts, boundTree(slug, sources), true);
    const app = await startBenchApp({ servers, role: "all", github });
    const address = { id: facts.id, name: facts.name, owner: { id: facts.accountId, login: facts.owner } };
    const url = `${app.url}/api/github/webhooks`;
    try {
      await app.jobs.enqueue({ kind: "sync", repositoryId: facts.id });
      expectSuccess(await github.concluded());
      const tookMs: number[] = [];
      for (let turn = 1; turn <= warmUps + turns; turn += 1) {
        const head = await github.openPull(facts, changed(sources, turn), turn);
        const took = await timed(async () => {
          await deliver(url, pullBody(address, turn, head), "pull_request");
          expectSuccess(await github.concluded());
        });
        if (turn > warmUps) tookMs.push(took);
      }
      const name = `a pull request that changes 5 workflows, of ${manyWorkflows.toLocaleString("en")} over as many modules, from webhook to completed check`;
      return [figure({ group: "check", name, value: median(tookMs), unit: "ms", reach: 2000 })];
    } finally {
      await app.close();
      await github.close();
      await servers.close();
    }
  },
};

function expectSuccess({ name, conclusion, summary }: Concluded): void {
  if (conclusion !== "success") throw new Error(`${name}: ${conclusion}\n${summary}`);
}

export const checkBenches: readonly Bench[] = [smallBench, largeBench, ...blastBenches];

function changed(sources: ReadonlyMap<WorkspacePath, string>, turn: number): Map<WorkspacePath, string> {
  const after = new Map(sources);
  for (let index = 0; index < 5; index += 1) {
    const path = `workflows/w${index}.ts` as WorkspacePath;
    after.set(path, `${sources.get(path) ?? ""}// ${turn}\n`);
  }
  return after;
}
