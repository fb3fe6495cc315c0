// The other end of v8.ts: graphs come as JSON on standard input, verdicts leave on standard output.
import { stripTypeScriptTypes } from "node:module";
import { json } from "node:stream/consumers";
import vm from "node:vm";
import type { V8Graph, V8Verdict } from "./v8.ts";

const place: { order: readonly string[] } = { order: [] };
const context = vm.createContext(place);

async function judge({ entry, modules }: V8Graph): Promise<V8Verdict> {
  // One context for all: making one takes longer than linking in it, and these modules leave nothing behind but order.
  const order: string[] = [];
  place.order = order;
  const made = new Map<string, vm.SourceTextModule>();
  const moduleAt = (url: string): vm.SourceTextModule => {
    const known = made.get(url);
    if (known) return known;
    const module = modules[url];
    if (module === undefined) throw new Error("Cannot find module");
    const source = url.endsWith("ts") ? stripTypeScriptTypes(module.source) : module.source;
    const created = new vm.SourceTextModule(source, { identifier: url, context });
    made.set(url, created);
    created.linkRequests(created.moduleRequests.map(({ specifier }) => moduleAt(module.imports[specifier] ?? "")));
    return created;
  };
  try {
    const root = moduleAt(entry);
    root.instantiate();
    await root.evaluate();
    return { refusal: null, order };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error), order };
  }
}

const graphs = (await json(process.stdin)) as readonly V8Graph[];
const verdicts: V8Verdict[] = [];
for (const graph of graphs) verdicts.push(await judge(graph));
process.stdout.write(JSON.stringify(verdicts));
