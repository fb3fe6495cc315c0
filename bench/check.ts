// The check of a pull request from job to verdict, against linking the same workspace and nothing else.
import { createMemoryCache } from "../src/cache/memory-cache.ts";
import { checkPullRequest } from "../src/check/check-pull-request.ts";
import { createLinker } from "../src/link/linker.ts";
import { createRecordCache } from "../src/link/record-cache.ts";
import { createSandbox } from "../src/sandbox/pool.ts";
import { syncRepository } from "../src/sync/sync-repository.ts";
import type { WorkspacePath } from "../src/workspace/path.ts";
import { boundTree, createInMemoryGitHub } from "./github-in-memory.ts";
import { type Bench, contest } from "./measure.ts";
import { layerOf, makeSources } from "./modules.ts";
import { createBoundRepository } from "./repository.ts";
import { startServers } from "./servers.ts";

// Nothing else asks for a check of the same pull request.
const noJobs = { unfinished: async () => [] };

const modules = 200;
const workflows = 100;

export const checkBenches: readonly Bench[] = [
  contest({
    group: "check",
    name: `a pull request that changes 5 workflows, of ${workflows} over ${modules} modules`,
    against: "linking every workflow with everything parsed",
    reach: null,
    turns: 9,
    warmUps: 2,
    prepare: async () => {
      const servers = await startServers();
      const sandbox = createSandbox();
      const records = createRecordCache();
      const { facts, scope, slug } = await createBoundRepository(servers.store);
      const github = createInMemoryGitHub(facts);
      const sources = makeSources(modules, workflows);
      github.commitFiles(boundTree(slug, sources));
      await syncRepository(
        { github, store: servers.store, cache: createMemoryCache() },
        { kind: "sync", repositoryId: facts.id },
      );

      const layer = layerOf(scope, sources);
      const entries = [...layer.files]
        .filter(([path]) => path.startsWith("workflows/"))
        .map(([path, hash]) => ({ scope, path, hash }));
      let pullNumber = 0;
      return {
        subject: async () => {
          pullNumber += 1;
          github.commitFiles(boundTree(slug, changed(sources, pullNumber)), pullNumber);
          const job = { kind: "check", repositoryId: facts.id, pullNumber, force: false } as const;
          const verdict = await checkPullRequest({ github, store: servers.store, jobs: noJobs, sandbox, records }, job);
          if (verdict?.conclusion !== "success") throw new Error(verdict?.summary);
        },
        baseline: async () => {
          const linker = createLinker([layer], records);
          for (let missing = linker.missing(entries); missing.length > 0; missing = linker.missing(entries)) {
            for (const file of missing) linker.add(file, sources.get(file.path) ?? "");
          }
          for (const entry of entries) linker.link(entry);
        },
        close: async () => {
          await sandbox.close();
          await servers.close();
        },
      };
    },
  }),
];

function changed(sources: ReadonlyMap<WorkspacePath, string>, turn: number): Map<WorkspacePath, string> {
  const after = new Map(sources);
  for (let index = 0; index < 5; index += 1) {
    const path = `workflows/w${index}.ts` as WorkspacePath;
    after.set(path, `${sources.get(path) ?? ""}// ${turn}\n`);
  }
  return after;
}
