// A worker without a queue, to be killed: a process that syncs repositories over and over on edges of its own. It says
// when it is ready, and begins when it is told which repositories.
import { connectRedisCache } from "../../src/cache/redis-cache.ts";
import { Fault } from "../../src/errors.ts";
import { connectGitHub } from "../../src/github/client.ts";
import { connectStore } from "../../src/store/connect.ts";
import { syncRepository } from "../../src/sync/sync-repository.ts";

/** What the process needs to know, as JSON in its environment. */
export interface SyncProcessSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly github: {
    readonly appId: number;
    readonly privateKey: string;
    readonly apiUrl: string;
    readonly serverUrl: string;
  };
}

const settings: SyncProcessSettings = JSON.parse(process.env.SYNC_PROCESS_SETTINGS ?? "");
const edges = {
  github: connectGitHub(settings.github),
  store: await connectStore({ url: settings.databaseUrl }),
  cache: await connectRedisCache({ url: settings.redisUrl }),
};
await edges.store.ready();

process.once("message", (repositoryIds: readonly number[]) => {
  void syncForEver(repositoryIds);
});
// Nothing is left to do where whoever started it is gone.
process.once("disconnect", () => process.exit());
process.send?.("ready");

async function syncForEver(repositoryIds: readonly number[]): Promise<never> {
  for (;;) {
    for (const repositoryId of repositoryIds) {
      try {
        await syncRepository(edges, { kind: "sync", repositoryId });
      } catch (error) {
        // Two pushes at once, or another process that was quicker: the next round sees to it.
        if (!(error instanceof Fault)) throw error;
      }
    }
  }
}
