// From the moment at which a push is answered until a run has given the pushed value: the queue, the sync, the refresh and
// the run. Whether the cache has moved on is asked every millisecond, so that asking takes nothing from the work.
import { setTimeout } from "node:timers/promises";
import { createRecordCache } from "../src/link/record-cache.ts";
import { takeCachedSource } from "../src/run/cached-source.ts";
import { runWorkflow } from "../src/run/run-workflow.ts";
import { createSandbox } from "../src/sandbox/pool.ts";
import { grantOperator, grantRun } from "../src/workspace/grant.ts";
import { deliver, pushBody, startBenchApp } from "./deliveries.ts";
import { changeFiles } from "./files.ts";
import { type Bench, figure, median, timed } from "./measure.ts";
import { openSyncScene } from "./sync-scene.ts";

const workflow = `import { turn } from "../shared/turn";\nexport default () => turn;\n`;
const turns = 21;
const warmUps = 5;

export const seeChangeBench: Bench = {
  group: "webhook",
  measure: async () => {
    const { servers, server, edges, files, newRepository, close } = await openSyncScene();
    const { facts, scope } = await newRepository({ "workflows/see.ts": workflow, "shared/turn.ts": moduleOf(0) });
    const app = await startBenchApp({ servers, role: "all", github: server });
    const sandbox = createSandbox({ processes: 1 });
    const records = createRecordCache();
    const see = async () => {
      const source = await takeCachedSource(edges, grantRun(scope));
      const request = { source, organization: null, workflow: "see", records };
      return (await runWorkflow({ sandbox }, request)).result;
    };
    const untilRevision = async (revision: number) => {
      const granted = grantOperator(scope);
      while ((await edges.cache.revision(granted)) !== revision) await setTimeout(1);
    };
    const push = async (changes: ReadonlyMap<string, string>) => {
      const after = await server.commit(facts, changes, changes.size === 0);
      const body = pushBody(
        { id: facts.id, name: facts.name, owner: { id: facts.accountId, login: facts.owner } },
        { after },
      );
      await deliver(`${app.url}/api/github/webhooks`, body);
    };
    try {
      await push(new Map());
      await untilRevision(1);
      const tookMs: number[] = [];
      for (let turn = 1; turn <= warmUps + turns; turn += 1) {
        await push(new Map([...changeFiles(files, turn, 9), ["shared/turn.ts", moduleOf(turn)]]));
        const took = await timed(async () => {
          await untilRevision(turn + 1);
          const seen = await see();
          if (seen !== turn) throw new Error(`A run gave ${seen} in place of ${turn}`);
        });
        if (turn > warmUps) tookMs.push(took);
      }
      const name = "from a push answered to the result of a run that sees it, 10 files of 10,000";
      return [figure({ group: "webhook", name, value: median(tookMs), unit: "ms", reach: 150 })];
    } finally {
      await app.close();
      await sandbox.close();
      await close();
    }
  },
};

function moduleOf(turn: number): string {
  return `export const turn = ${turn};\n`;
}
