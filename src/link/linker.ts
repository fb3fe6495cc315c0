// The linker: from layers and an entry to a whole program, or to what is wrong with it. Pure and synchronous: whoever
// calls fetches the contents that `missing` names.
import type { Resolution } from "../workspace/cascade.ts";
import { type Diagnostic, hasErrors, type Severity, sortDiagnostics } from "../workspace/diagnostic.ts";
import type { ContentHash, Layer, LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type ModuleUrl, moduleUrl, type Program, type ProgramModule, sdkUrl } from "../workspace/program.ts";
import { findRefusedName } from "./circles.ts";
import { checkNames, circularName } from "./explain-name.ts";
import { diagnosticAt } from "./explain-request.ts";
import { createExportSearch, type ExportSearch, type TargetOf } from "./exports.ts";
import type { Facades } from "./facade.ts";
import { createFileNode } from "./file-node.ts";
import { createFindingList, findingsOf, graphListedMax } from "./finding-list.ts";
import { askedNames, importsOf, type LinkedImport } from "./imports-of.ts";
import type { FileNode, ModuleNode } from "./node.ts";
import { createOffers } from "./offers.ts";
import { evaluationOrder } from "./order.ts";
import { languageOf, type SourceLanguage } from "./parse.ts";
import { programModule } from "./program-module.ts";
import { type ModuleRecord, type ModuleRequest, reExports } from "./record.ts";
import { createRecordCache, type RecordCache } from "./record-cache.ts";
import { createTouchIndex, type DeriveOptions, type TouchIndex } from "./touch.ts";
import { type ImportTrace, traceImports } from "./trace-imports.ts";
import { createWirer, type Wiring } from "./wiring.ts";

export interface Linker {
  /** Files that linking these entries needs and whose content has not been added yet. Call, fetch, add, repeat until empty. */
  missing(entries: readonly LayeredFile[]): LayeredFile[];
  /** Adds a file's content. `file.hash` must be that of the content: everything parsed is kept under it. */
  add(file: LayeredFile, content: string): void;
  /** Adds many files' contents, parsed where the record cache has sources of strangers parsed. */
  addAll(contents: ReadonlyMap<LayeredFile, string>): Promise<void>;
  /** Links the graph of an entry. Every file it needs must have been added. */
  link(entry: LayeredFile): LinkResult;
  /** The imports of a file that was linked, in the order of the source, with where they lead. */
  importsOf(file: LayeredFile): LinkedImport[];
  /** What a file may import; `undefined` where its content was not added. */
  asksOf(file: LayeredFile): Asks | undefined;
  /**
   * Files that `traceImports` of this file needs and whose content has not been added yet: what it imports, and what that
   * re-exports. The graph behind them plays no part.
   */
  missingAround(file: LayeredFile): LayeredFile[];
  /** Where each import of a file leads, and what is wrong with the file by itself and with what it asks for. */
  traceImports(file: LayeredFile): ImportTrace;
  /** Every name that a file exports, those of its `export *` included. It and what it re-exports must have been added. */
  exportsOf(file: LayeredFile): ReadonlySet<string>;
  /** Where an `import()` leads that a running module calls; `importer` is the URL of that module. */
  resolveImport(specifier: string, importer: ModuleUrl): ImportTarget;
  /**
   * A linker over layers that hold the same as these but at `paths`, where files came, went or changed. It links as a new
   * one would, and takes over what was added here and what is known here of modules that none of the paths touches.
   */
  derive(layers: readonly Layer[], paths: Iterable<WorkspacePath>, options?: DeriveOptions): Linker;
}

export interface LinkResult {
  readonly entry: LayeredFile;
  /** The graph's files, in evaluation order. */
  readonly files: readonly LayeredFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where a diagnostic is an error. */
  readonly program: Program | undefined;
  /** Each `import()` of the graph whose specifier is known and leads to a file. Neither `files` nor `program` hold them. */
  readonly dynamicImports: readonly LinkedDynamicImport[];
  /** Whether a module of the graph calls `import()` with a specifier that only the run can tell. */
  readonly hasComputedImport: boolean;
}

/** What a file may import, whatever the layers hold. */
export interface Asks {
  /** The names (`moduleName`) of every file that could answer one of its imports, those by `import()` included. */
  readonly names: ReadonlySet<string>;
  /** Whether it calls `import()` with a specifier that only the run can tell. */
  readonly isOpen: boolean;
}

export interface LinkedDynamicImport {
  readonly importer: LayeredFile;
  readonly specifier: string;
  readonly file: LayeredFile;
}

/** A file to be linked as an entry of its own, a program that needs no linking, or why there is neither. */
export type ImportTarget =
  | { readonly kind: "file"; readonly file: LayeredFile }
  | { readonly kind: "program"; readonly program: Program }
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic };

interface CheckedModule {
  readonly hasCircle: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly dynamicImports: readonly LinkedDynamicImport[];
}

/** What a derived linker takes over from the one that it is derived from. */
interface Heritage {
  /** The modules whose verdicts still hold. */
  modules(): Iterable<FileNode>;
  nodeAt(url: ModuleUrl): FileNode | undefined;
  isAdded(file: LayeredFile): boolean;
  contentOf(hash: ContentHash): string | undefined;
  readonly facadeAt: Facades["at"];
  recordOf(key: string): ModuleRecord | undefined;
  wiringOf(module: FileNode): Wiring;
  check(module: FileNode): CheckedModule;
  inProgram(module: FileNode): ProgramModule;
  link(root: FileNode): LinkResult;
  readonly resolveExport: ExportSearch["resolve"];
  readonly isSpent: ExportSearch["isSpent"];
}

/** Makes a linker over fixed layers, highest first. It keeps what it worked out, for all entries that it links. */
export function createLinker(layers: readonly Layer[], records: RecordCache = createRecordCache()): Linker {
  return linkerOver(layers, records, undefined);
}

function linkerOver(layers: readonly Layer[], records: RecordCache, heritage: Heritage | undefined): Linker {
  const contents = new Map<ContentHash, string>();
  const parsed = new Map<string, ModuleRecord>();
  const nodes = new Map<ModuleUrl, FileNode>();
  const checked = new Map<FileNode, CheckedModule>();
  const links = new Map<FileNode, LinkResult>();
  const programModules = new Map<ModuleNode, ProgramModule>();
  // By language as well: JSON that was added is not parsed as TypeScript yet, and must be asked for again.
  const added = new Set<string>();
  const keyOf = ({ path, hash }: LayeredFile) => `${languageOf(path)}:${hash}`;
  const isAdded = (file: LayeredFile): boolean => added.has(keyOf(file)) || heritage?.isAdded(file) === true;
  const contentOf = (hash: ContentHash) => contents.get(hash) ?? heritage?.contentOf(hash);
  const recordOf = (key: string) => parsed.get(key) ?? heritage?.recordOf(key);
  const addContent = (file: LayeredFile, content: string) => {
    contents.set(file.hash, content);
    added.add(keyOf(file));
  };
  const readRecord = (hash: ContentHash, language: SourceLanguage, source: string): ModuleRecord =>
    recordOf(`${language}:${hash}`) ?? records.read(hash, language, source);
  const wirer = createWirer(layers, { nodeOf, isAdded }, heritage?.facadeAt);
  const targetOf: TargetOf = (module, request) => targetsOf(module)[request];
  const ownSearch = createExportSearch(targetOf);
  const search: ExportSearch = {
    ...ownSearch,
    isSpent: () => ownSearch.isSpent() || heritage?.isSpent() === true,
    resolve: (module, name) => (heirloom(module)?.resolveExport ?? ownSearch.resolve)(module, name),
  };
  const offers = createOffers(search);
  let touch: TouchIndex | undefined;

  return {
    add: addContent,
    async addAll(files) {
      const sources = [...files].flatMap(([{ path, hash }, source]) => {
        const language = languageOf(path);
        return language === undefined ? [] : [{ hash, language, source }];
      });
      const read = await records.readMany(sources);
      for (const [index, { hash, language }] of sources.entries()) {
        const record = read[index];
        // Kept here as well: the cache may forget it before it is linked.
        if (record) parsed.set(`${language}:${hash}`, record);
      }
      for (const [file, content] of files) addContent(file, content);
    },
    missing(entries) {
      const seen = new Set(entries.map(nodeOf));
      const missing: LayeredFile[] = [];
      for (const node of seen) {
        // What was taken over was taken over whole.
        if (heirloom(node)) continue;
        if (!isAdded(node.file)) missing.push(node.file);
        else for (const next of wirer.wiringOf(node).files) seen.add(nodeOf(next));
      }
      return missing;
    },
    link: (entry) => linkFrom(nodeOf(entry)),
    importsOf(file) {
      const module = nodeOf(file);
      return importsOf(module, targetsOf(module), (specifier) => {
        const resolution = wirer.resolve(specifier, file.path);
        return resolution.kind === "module" ? resolution.file : undefined;
      });
    },
    asksOf(file) {
      if (!isAdded(file)) return undefined;
      const { record } = nodeOf(file);
      return { names: askedNames(record, file.path), isOpen: record.hasComputedImport };
    },
    missingAround(file) {
      const root = nodeOf(file);
      const seen = new Set([root]);
      const missing: LayeredFile[] = [];
      for (const node of seen) {
        if (!isAdded(node.file)) missing.push(node.file);
        else if (node === root || reExports(node.record)) {
          for (const next of wirer.wiringOf(node).files) seen.add(nodeOf(next));
        }
      }
      return missing;
    },
    traceImports(file) {
      const module = nodeOf(file);
      return traceImports(module, targetsOf(module), check(module).diagnostics, (specifier) =>
        wirer.resolve(specifier, file.path),
      );
    },
    exportsOf: (file) => search.names(nodeOf(file)),
    resolveImport(specifier, importer) {
      const module = nodeAt(importer);
      if (module === undefined) throw new Error(`${importer} is no module that this linker has linked`);
      const resolution = wirer.resolve(specifier, module.file.path);
      if (resolution.kind === "module") return { kind: "file", file: resolution.file };
      if (resolution.kind === "sdk") return { kind: "program", program: { entry: sdkUrl, modules: [] } };
      const written = module.record.dynamicImports.find((request) => request.specifier === specifier);
      const request = written ?? { specifier, span: { start: 0, end: 0 } };
      const diagnostic = explainUnresolved(module, request, resolution, "error");
      // A computed specifier stands nowhere in the source.
      return { kind: "diagnostic", diagnostic: written ? diagnostic : { ...diagnostic, line: null, column: null } };
    },
    derive(others, paths, options) {
      touch ??= createTouchIndex({
        modules: modules(),
        wiringOf: wiringSoFar,
        nodeOf,
        leadsToFile: (module, specifier) => wirer.resolve(specifier, module.file.path).kind === "module",
      });
      const isUntouched = touch.untouchedBy(paths, options);
      return linkerOver(others, records, {
        modules: () => Iterator.from(modules()).filter(isUntouched),
        nodeAt: (url) => {
          const module = nodeAt(url);
          return module !== undefined && isUntouched(module) ? module : undefined;
        },
        isAdded,
        contentOf,
        facadeAt: wirer.facades.at,
        recordOf,
        wiringOf,
        check,
        inProgram,
        link: linkFrom,
        resolveExport: search.resolve,
        isSpent: search.isSpent,
      });
    },
  };

  /** Links from a module. What was linked before is not linked again: nothing that it depends on ever changes. */
  function linkFrom(root: FileNode): LinkResult {
    const known = links.get(root) ?? heirloom(root)?.link(root);
    if (known) return known;
    const modules = evaluationOrder(root, targetsOf);
    const files: LayeredFile[] = [];
    const findings = createFindingList(graphListedMax);
    const dynamicImports: LinkedDynamicImport[] = [];
    let hasCircle = false;
    let isBroken = false;
    let hasComputedImport = false;
    // Once over all modules and no more: graphs are large, and there is one for each entry.
    for (const module of modules) {
      if (module.kind !== "file") continue;
      const result = check(module);
      files.push(module.file);
      if (result.diagnostics.length > 0) {
        findings.addSaid(result.diagnostics);
        isBroken ||= hasErrors(result.diagnostics);
      }
      if (result.dynamicImports.length > 0) dynamicImports.push(...result.dynamicImports);
      hasCircle ||= result.hasCircle;
      hasComputedImport ||= module.record.hasComputedImport;
    }
    if (hasCircle && !isBroken) {
      const refused = findRefusedName(modules, targetOf);
      if (refused?.module.kind === "file") {
        const { module, asked } = refused;
        isBroken = true;
        findings.add("error", () => circularName(module, asked));
      }
    }
    const diagnostics = findingsOf(findings, "the modules that it loads", root.file);
    const program = isBroken ? undefined : programOf(root, modules);
    const result: LinkResult = { entry: root.file, files, diagnostics, program, dynamicImports, hasComputedImport };
    links.set(root, result);
    return result;
  }

  /** The modules of a program are put together when it is run, which most programs of a check are not. */
  function programOf(root: FileNode, modules: readonly ModuleNode[]): Program {
    let made: readonly ProgramModule[] | undefined;
    return {
      entry: root.url,
      get modules() {
        made ??= modules.flatMap((module) => (module.kind === "sdk" ? [] : [inProgram(module)]));
        return made;
      },
    };
  }

  function nodeAt(url: ModuleUrl): FileNode | undefined {
    return nodes.get(url) ?? heritage?.nodeAt(url);
  }

  function* modules(): Generator<FileNode> {
    yield* nodes.values();
    for (const module of heritage?.modules() ?? []) if (!nodes.has(module.url)) yield module;
  }

  /** Where a module was taken over, whoever it was taken over from. */
  function heirloom(module: ModuleNode): Heritage | undefined {
    return module.kind === "file" && nodes.get(module.url) !== module ? heritage : undefined;
  }

  /** The one node of a file. Its record is read when it is first asked for, which is when the content must be there. */
  function nodeOf(file: LayeredFile): FileNode {
    const url = moduleUrl(file.scope, file.path);
    return nodes.get(url) ?? heritage?.nodeAt(url) ?? makeNode(url, file);
  }

  function makeNode(url: ModuleUrl, file: LayeredFile): FileNode {
    const node = createFileNode(file, contentOf, readRecord);
    nodes.set(url, node);
    return node;
  }

  function wiringSoFar(module: FileNode): Wiring | undefined {
    if (!isAdded(module.file)) return undefined;
    const wiring = (heirloom(module) ?? wirer).wiringOf(module);
    return wiring.isComplete ? wiring : undefined;
  }

  function wiringOf(module: FileNode): Wiring {
    const from = heirloom(module);
    if (from) return from.wiringOf(module);
    const wiring = wirer.wiringOf(module);
    if (!wiring.isComplete) throw new Error(`Files that ${module.url} needs were not added to the linker`);
    return wiring;
  }

  function targetsOf(module: ModuleNode): readonly (ModuleNode | undefined)[] {
    if (module.kind === "file") return wiringOf(module).targets;
    return module.kind === "facade" ? module.targets : [];
  }

  function inProgram(module: Exclude<ModuleNode, { kind: "sdk" }>): ProgramModule {
    const from = heirloom(module);
    if (from && module.kind === "file") return from.inProgram(module);
    return programModules.getOrInsertComputed(module, () => programModule(module, targetsOf(module)));
  }

  /** What is wrong with a module, its own imports included. It depends on no entry, so it is worked out once. */
  function check(module: FileNode): CheckedModule {
    const known = checked.get(module) ?? heirloom(module)?.check(module);
    if (known) return known;
    const wiring = wiringOf(module);
    const names = checkNames(module, wiring, search, offers);
    const findings = createFindingList();
    for (const { code, message, remedy, start, end } of module.record.findings) {
      const words = { message, ...(remedy === undefined ? {} : { remedy }) };
      findings.add("error", () => diagnosticAt(module, { start, end }, code, "error", words));
    }
    findings.addAll(wiring.findings);
    findings.addAll(names.findings);
    const dynamicImports: LinkedDynamicImport[] = [];
    for (const request of module.record.dynamicImports) {
      const { specifier } = request;
      const resolution = wirer.resolve(specifier, module.file.path);
      if (resolution.kind === "module") {
        dynamicImports.push({ importer: module.file, specifier, file: resolution.file });
      } else if (resolution.kind !== "sdk") {
        // It fails when it is reached, if it ever is, and the workflow may be prepared for that.
        findings.add("warning", () => explainUnresolved(module, request, resolution, "warning"));
      }
    }
    const diagnostics = sortDiagnostics(findingsOf(findings, "this file"));
    const result = { diagnostics, dynamicImports, hasCircle: names.hasCircle };
    checked.set(module, result);
    return result;
  }

  function explainUnresolved(
    module: FileNode,
    request: Pick<ModuleRequest, "specifier" | "span">,
    resolution: Exclude<Resolution, { kind: "module" | "sdk" }>,
    severity: Severity,
  ): Diagnostic {
    return resolution.kind === "folder"
      ? wirer.explain.bareFolder(module, request, resolution.folder, severity)
      : wirer.explain.unresolved(module, request, resolution, severity);
  }
}
