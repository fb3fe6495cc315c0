// A run with everything warm, from snapshot to result, against an isolate used plainly in the same process.
import ivm from "isolated-vm";
import { createMemoryCache } from "../src/cache/memory-cache.ts";
import { contentHash } from "../src/digest.ts";
import { createRecordCache } from "../src/link/record-cache.ts";
import { takeCachedSource } from "../src/run/cached-source.ts";
import { runWorkflow } from "../src/run/run-workflow.ts";
import { createSandbox } from "../src/sandbox/pool.ts";
import { grantOperator, grantRun } from "../src/workspace/grant.ts";
import { globalScope } from "../src/workspace/scope.ts";
import { type Bench, contest } from "./measure.ts";
import { makeSources } from "./modules.ts";

const modules = 20;

export const runBenches: readonly Bench[] = [
  contest({
    group: "run",
    name: `a workflow over ${modules} modules`,
    against: "a fresh isolate, every module compiled from memory, in process",
    reach: null,
    turns: 101,
    warmUps: 20,
    prepare: async () => {
      const sources = makeSources(modules, 1);
      const cache = createMemoryCache();
      const upserts = [...sources].map(([path, content]) => ({
        path,
        content,
        hash: contentHash(Buffer.from(content)),
      }));
      await cache.publish(grantOperator(globalScope), { from: undefined, to: 1, upserts, deletes: [] });
      const sandbox = createSandbox({ processes: 1 });
      const records = createRecordCache();
      // Everything is in the cache, so nothing falls through to the store.
      const store = { snapshot: unreachable, contents: unreachable };
      return {
        subject: async () => {
          const source = await takeCachedSource({ store, cache }, grantRun(globalScope));
          const outcome = await runWorkflow({ sandbox }, { source, organization: null, workflow: "w0", records });
          if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
        },
        baseline: () => plainIsolate(new Map([...sources].map(([path, source]) => [path, withoutTypes(source)]))),
        close: () => sandbox.close(),
      };
    },
  }),
];

async function unreachable(): Promise<never> {
  throw new Error("The cache did not hold what was asked for");
}

function withoutTypes(source: string): string {
  return source.replaceAll(": number", "");
}

async function plainIsolate(sources: ReadonlyMap<string, string>): Promise<void> {
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  try {
    const context = await isolate.createContext();
    const compiled = new Map<string, ivm.Module>();
    for (const [path, source] of sources) compiled.set(path, isolate.compileModuleSync(source, { filename: path }));
    const entry = compiled.get("workflows/w0.ts");
    if (entry === undefined) throw new Error("There is no workflow");
    await entry.instantiate(context, (specifier) => {
      const module = compiled.get(`shared/${specifier.slice(specifier.lastIndexOf("/") + 1)}.ts`);
      if (module === undefined) throw new Error(`There is no ${specifier}`);
      return module;
    });
    await entry.evaluate();
    const run = await entry.namespace.get("default", { reference: true });
    await run.apply(undefined, [], { result: { copy: true } });
  } finally {
    isolate.dispose();
  }
}
