// What a check needs: a bound repository on a GitHub in memory, a store, and parser and sandbox in processes of their own,
// as the app has them.
import { createMemoryCache } from "../src/cache/memory-cache.ts";
import { checkPullRequest } from "../src/check/check-pull-request.ts";
import { createRecordCache, type RecordCache } from "../src/link/record-cache.ts";
import { createParser } from "../src/parsing/parser.ts";
import { createSandbox } from "../src/sandbox/pool.ts";
import { syncRepository } from "../src/sync/sync-repository.ts";
import { globalScope, type Scope } from "../src/workspace/scope.ts";
import { boundTree, createInMemoryGitHub } from "./github-in-memory.ts";
import type { Sources } from "./modules.ts";
import { createBoundRepository } from "./repository.ts";
import { type Servers, startServers } from "./servers.ts";

// Nothing else asks for a check of the same pull request.
const noJobs = { unfinished: async () => [] };

export interface CheckScene {
  readonly servers: Servers;
  readonly records: RecordCache;
  readonly scope: Scope;
  /** Opens a pull request that makes the repository's files these, checks it, and gives the summary. */
  check(sources: Sources): Promise<{ readonly conclusion: string; readonly summary: string }>;
  close(): Promise<void>;
}

/** Syncs these files from a repository of an organisation, or of global. */
export async function openCheckScene(sources: Sources, kind: "organization" | "global"): Promise<CheckScene> {
  const servers = await startServers();
  const sandbox = createSandbox();
  const parser = createParser();
  const records = createRecordCache({ parseMany: parser.parse });
  const { facts, scope, slug } = await createBoundRepository(servers.store);
  const isGlobal = kind === "global";
  if (isGlobal) {
    await servers.store.addGrant({ scope: globalScope, kind: "repository", repositoryId: facts.id }, "bench");
  }
  const name = isGlobal ? "global" : slug;
  const github = createInMemoryGitHub(facts);
  github.commitFiles(boundTree(name, sources));
  const { store } = servers;
  await syncRepository({ github, store, cache: createMemoryCache() }, { kind: "sync", repositoryId: facts.id });
  let pullNumber = 0;
  return {
    servers,
    records,
    scope: isGlobal ? globalScope : scope,
    async check(after) {
      pullNumber += 1;
      github.commitFiles(boundTree(name, after), pullNumber);
      const job = { kind: "check", repositoryId: facts.id, pullNumber, force: false } as const;
      const verdict = await checkPullRequest({ github, store, jobs: noJobs, sandbox, records }, job);
      if (verdict === undefined) throw new Error("The pull request got no answer");
      return verdict;
    },
    async close() {
      await Promise.all([sandbox.close(), parser.close()]);
      await servers.close();
    },
  };
}
