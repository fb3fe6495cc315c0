// A run with everything warm, from the snapshot in Redis to the result, against engines used plainly in the same process.
import { connectRedisCache } from "../src/cache/redis-cache.ts";
import { contentHash } from "../src/digest.ts";
import { takeCachedSource } from "../src/run/cached-source.ts";
import { createRunMemory } from "../src/run/run-memory.ts";
import { runWorkflow } from "../src/run/run-workflow.ts";
import { createSandbox } from "../src/sandbox/pool.ts";
import { grantOperator, grantRun } from "../src/workspace/grant.ts";
import type { WorkspacePath } from "../src/workspace/path.ts";
import { globalScope } from "../src/workspace/scope.ts";
import { startThrowawayRedis } from "../test/support/redis-server.ts";
import { reachable, readLibrary } from "./library.ts";
import { type Bench, type ContestOptions, contest } from "./measure.ts";
import type { Sources } from "./modules.ts";
import { bareScript, type PlainSources, plainIsolate, sourceTextModules } from "./plain-engines.ts";

const entry = "workflows/measured.js" as WorkspacePath;

const whole = `import * as lodash from "../lodash-es/lodash.js";
export default () => lodash.chunk([1, 2, 3], 2).length;
`;
const few = `import kebabCase from "../lodash-es/kebabCase.js";
import debounce from "../lodash-es/debounce.js";
import range from "../lodash-es/range.js";
export default () => range(3).length + kebabCase("a b").length + typeof debounce;
`;
const single = "export default () => 2;\n";

// Until the program's script is there, which is made beside the first runs.
const settlingMs = 3_000;

export const runBenches: readonly Bench[] = [
  runBench("641 modules, 615 KB", whole, {
    against: "a fresh isolate, every module compiled from memory, in process",
    reach: 0.25,
    turns: 31,
    baseline: plainIsolate,
  }),
  runBench("641 modules, 615 KB", whole, {
    against: "Node's own vm.SourceTextModule, in process and not isolated",
    reach: 0.16,
    turns: 31,
    baseline: sourceTextModules,
  }),
  runBench("39 modules, three functions of the library", few, {
    against: "a fresh isolate, every module compiled from memory, in process",
    reach: 0.5,
    turns: 101,
    baseline: plainIsolate,
  }),
  runBench("one module", single, {
    against: "a fresh isolate, its context and one script, in process",
    reach: 1.3,
    turns: 201,
    baseline: () => bareScript("(() => 2)();"),
  }),
];

function runBench(
  what: string,
  source: string,
  options: Pick<ContestOptions, "against" | "reach" | "turns"> & {
    readonly baseline: (sources: PlainSources) => Promise<unknown>;
  },
): Bench {
  const { baseline, ...rest } = options;
  return contest({
    group: "run",
    name: `a run of ${what}`,
    warmUps: 20,
    ...rest,
    prepare: async () => {
      const sources: Sources = new Map([[entry, source], ...readLibrary()]);
      const graph = reachable(sources, entry);
      const redis = await startThrowawayRedis();
      const cache = await connectRedisCache({ url: redis.url });
      const upserts = [...sources].map(([path, content]) => ({
        path,
        content,
        hash: contentHash(Buffer.from(content)),
      }));
      await cache.publish(grantOperator(globalScope), { from: undefined, to: 1, upserts, deletes: [] });
      const sandbox = createSandbox({ processes: 1 });
      const memory = createRunMemory();
      // Everything is in the cache, so nothing falls through to the store.
      const store = { snapshot: unreachable, contents: unreachable };
      const subject = async () => {
        const taken = await takeCachedSource({ store, cache, memory }, grantRun(globalScope));
        const outcome = await runWorkflow({ sandbox }, { source: taken, organization: null, workflow: entry, memory });
        if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
      };
      for (const until = performance.now() + settlingMs; performance.now() < until; ) await subject();
      return {
        subject,
        baseline: () => baseline(graph),
        close: async () => {
          await Promise.all([sandbox.close(), cache.close()]);
          await redis.stop();
        },
      };
    },
  });
}

async function unreachable(): Promise<never> {
  throw new Error("The cache did not hold what was asked for");
}
