// The modules of one run inside its isolate: compiled once per URL, linked bottom-up, evaluated through a small module of our
// own that reports when the evaluation is over. isolated-vm gives no promise for that, nor `import()`, nor `import.meta`.
import type ivm from "isolated-vm";
import type { Diagnostic } from "../../workspace/diagnostic.ts";
import { type ModuleUrl, type ProgramModule, sdkExports, sdkUrl } from "../../workspace/program.ts";
import { placeOf } from "../ending.ts";
import { handoverName } from "../isolate/bootstrap.ts";
import { linkDiagnostic, syntaxDiagnostic } from "./failure.ts";
import { hostSpecifier, perModuleSpecifier, prepare } from "./prepare.ts";

export interface Graph {
  /** The module that a specifier of an importer is known to lead to, where both are here already. */
  find(importer: string, specifier: string): ModuleUrl | undefined;
  /** The text that V8 was given for a module here which an author wrote; undefined for any other URL. */
  shownText(url: string): string | undefined;
  /** Compiles and links modules that are not here yet. Gives what V8 refused, or undefined. */
  add(modules: readonly ProgramModule[]): Diagnostic | undefined;
  /** Evaluates a module and, when that is over, has the runtime settle the request. Throws what the evaluation throws. */
  evaluate(request: number, url: ModuleUrl, timeoutMs: number): void;
  /** Evaluates a module once more: throws what it threw the first time, where it did. */
  probe(url: ModuleUrl, timeoutMs: number): void;
}

/** Makes the graph of a run. The bootstrap script must have run in the context, and nothing else. */
export function createGraph(isolate: ivm.Isolate, context: ivm.Context): Graph {
  const modules = new Map<string, ivm.Module>();
  const sources = new Map<string, Pick<ProgramModule, "language" | "imports"> & { readonly text: string }>();
  const urls = new Map<ivm.Module, ModuleUrl>();

  const take = `const handover = globalThis[${JSON.stringify(handoverName)}];`;
  const host = isolate.compileModuleSync(
    `${take} delete globalThis[${JSON.stringify(handoverName)}]; export const { settle, importer, parseJson, context, log } = handover;`,
    { filename: hostSpecifier },
  );
  const sdk = isolate.compileModuleSync(`export { ${sdkExports.join(", ")} } from "${hostSpecifier}";`, {
    filename: sdkUrl,
  });
  for (const own of [host, sdk]) {
    own.instantiateSync(context, () => host);
    own.evaluateSync();
  }
  modules.set(sdkUrl, sdk);

  function perModule(url: ModuleUrl): ivm.Module {
    const source = `import { importer } from "${hostSpecifier}"; export const { dynamicImport, meta } = importer(${JSON.stringify(url)});`;
    const made = isolate.compileModuleSync(source, { filename: perModuleSpecifier });
    made.instantiateSync(context, () => host);
    return made;
  }

  function resolve(specifier: string, referrer: ivm.Module): ivm.Module {
    if (specifier === hostSpecifier) return host;
    const importer = urls.get(referrer);
    if (importer === undefined) throw new Error("A module imports that is not part of the run");
    if (specifier === perModuleSpecifier) return perModule(importer);
    const imports = sources.get(importer)?.imports ?? {};
    const target = Object.hasOwn(imports, specifier) ? modules.get(imports[specifier] ?? "") : undefined;
    if (target === undefined) throw new Error(`Cannot find module "${specifier}" imported from ${importer}`);
    return target;
  }

  function compile(module: ProgramModule): Diagnostic | undefined {
    const prepared = prepare(module);
    if (prepared.kind === "broken") {
      const { code, message, line, column } = prepared;
      return { code, severity: "error", message, ...placeOf(module.url), line, column };
    }
    try {
      const compiled = isolate.compileModuleSync(prepared.text, { filename: module.url });
      modules.set(module.url, compiled);
      sources.set(module.url, { language: module.language, imports: module.imports, text: prepared.text });
      urls.set(compiled, module.url);
      return undefined;
    } catch (error) {
      if (isolate.isDisposed || !(error instanceof SyntaxError)) throw error;
      return syntaxDiagnostic(error.message, module.url, prepared.text);
    }
  }

  function link(url: ModuleUrl): Diagnostic | undefined {
    try {
      modules.get(url)?.instantiateSync(context, resolve);
      return undefined;
    } catch (error) {
      if (isolate.isDisposed || !(error instanceof Error)) throw error;
      return linkDiagnostic(error.message, url);
    }
  }

  /** A module of our own that imports one of the run's. */
  function onTopOf(url: ModuleUrl, source: string): ivm.Module {
    const made = isolate.compileModuleSync(source, { filename: hostSpecifier });
    made.instantiateSync(context, (specifier) => (specifier === hostSpecifier ? host : (modules.get(url) ?? host)));
    return made;
  }

  return {
    find: (importer, specifier) => {
      const imports = sources.get(importer)?.imports ?? {};
      const url = Object.hasOwn(imports, specifier) ? imports[specifier] : undefined;
      return url !== undefined && modules.has(url) ? url : undefined;
    },
    shownText: (url) => {
      const source = sources.get(url);
      return source?.language === "facade" ? undefined : source?.text;
    },
    add: (given) => {
      const missing = given.filter(({ url }) => !modules.has(url));
      for (const module of missing) {
        const refused = compile(module);
        if (refused) return refused;
      }
      // In evaluation order, so that each link finds its dependencies linked: V8 and isolated-vm both recurse over what is
      // not, and overflow the stack at some 2,500 modules in a row.
      for (const { url } of missing) {
        const refused = link(url);
        if (refused) return refused;
      }
      return undefined;
    },
    evaluate: (request, url, timeoutMs) => {
      const source = `import * as namespace from "bifrost:entry"; import { settle } from "${hostSpecifier}"; settle(${request}, namespace);`;
      onTopOf(url, source).evaluateSync({ timeout: timeoutMs });
    },
    probe: (url, timeoutMs) => {
      onTopOf(url, `import "bifrost:entry";`).evaluateSync({ timeout: timeoutMs });
    },
  };
}
