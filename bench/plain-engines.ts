// What a run is compared with: the engines used plainly, from sources in memory, in this process, each time with nothing
// kept from the time before.
import { posix } from "node:path";
import vm from "node:vm";
import ivm from "isolated-vm";

/** Path to JavaScript, the entry first; every import is relative. */
export type PlainSources = ReadonlyMap<string, string>;

/** A fresh isolate: every module compiled, the graph instantiated and evaluated, the entry's default export called. */
export async function plainIsolate(sources: PlainSources): Promise<unknown> {
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  try {
    const context = isolate.createContextSync();
    const modules = new Map<string, ivm.Module>();
    const paths = new Map<ivm.Module, string>();
    for (const [path, source] of sources) {
      const module = isolate.compileModuleSync(source, { filename: path });
      modules.set(path, module);
      paths.set(module, path);
    }
    const entry = first(modules);
    entry.instantiateSync(context, (specifier, importer) => target(modules, paths.get(importer), specifier));
    entry.evaluateSync();
    const main = entry.namespace.getSync("default", { reference: true });
    return main.applySync(undefined, [], { result: { copy: true } });
  } finally {
    isolate.dispose();
  }
}

/** A fresh isolate and its context, and one script in it. */
export async function bareScript(source: string): Promise<unknown> {
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  try {
    return isolate.compileScriptSync(source).runSync(isolate.createContextSync());
  } finally {
    isolate.dispose();
  }
}

/** Node's own modules in a fresh context. No isolation at all. */
export async function sourceTextModules(sources: PlainSources): Promise<unknown> {
  const context = vm.createContext();
  const modules = new Map<string, vm.SourceTextModule>();
  for (const [path, source] of sources) {
    modules.set(path, new vm.SourceTextModule(source, { context, identifier: path }));
  }
  const entry = first(modules);
  await entry.link((specifier, importer) => target(modules, importer.identifier, specifier));
  await entry.evaluate();
  return (entry.namespace as { default(): unknown }).default();
}

function first<Module>(modules: ReadonlyMap<string, Module>): Module {
  for (const module of modules.values()) return module;
  throw new Error("There are no sources");
}

function target<Module>(modules: ReadonlyMap<string, Module>, importer: string | undefined, specifier: string): Module {
  const path = posix.join(posix.dirname(importer ?? ""), specifier);
  const module = modules.get(path);
  if (module === undefined) throw new Error(`There is no ${path}`);
  return module;
}
