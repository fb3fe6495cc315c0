// Entries linked over one moment of some layers, with every file that a run of each may load; and whether two moments of
// one entry differ in anything that a run would notice.
import type { Linker, LinkResult } from "../link/linker.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { moduleUrl } from "../workspace/program.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { createBreath } from "./breath.ts";
import { exampleOf } from "./example.ts";
import type { LayerSource } from "./layer-source.ts";
import { loadGraph } from "./load.ts";

export interface LinkedEntry {
  readonly entry: LayeredFile;
  readonly link: LinkResult;
  /** The files of the graph and of those that its `import()`s name, and theirs. */
  readonly reach: readonly LayeredFile[];
  /** A run may load what nobody can tell beforehand. */
  readonly isOpen: boolean;
}

/** Links entries, by path. Reads what the linker lacks. */
export async function linkEntries(
  linker: Linker,
  source: Pick<LayerSource, "read">,
  entries: readonly LayeredFile[],
): Promise<Map<string, LinkedEntry>> {
  await loadGraph(linker, source, entries);
  const linked = new Map<string, LinkedEntry>();
  const breath = createBreath();
  for (const entry of entries) {
    await breath();
    const link = linker.link(entry);
    linked.set(entry.path, { entry, link, ...(await reachFrom(linker, source, link)) });
  }
  return linked;
}

async function reachFrom(
  linker: Linker,
  source: Pick<LayerSource, "read">,
  link: LinkResult,
): Promise<Pick<LinkedEntry, "reach" | "isOpen">> {
  if (link.dynamicImports.length === 0) return { reach: link.files, isOpen: link.hasComputedImport };
  let isOpen = link.hasComputedImport;
  const reach = new Map(link.files.map((file) => [urlOf(file), file]));
  const open = [...link.dynamicImports];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reach.has(urlOf(next.file))) continue;
    await loadGraph(linker, source, [next.file]);
    const { files, dynamicImports, hasComputedImport } = linker.link(next.file);
    isOpen ||= hasComputedImport;
    for (const file of files) reach.set(urlOf(file), file);
    open.push(...dynamicImports);
  }
  return { reach: [...reach.values()], isOpen };
}

function urlOf({ scope, path }: LayeredFile): string {
  return moduleUrl(scope, path);
}

/** An entry at one moment; `undefined` where it was not there. */
export interface Moment {
  readonly source: Pick<LayerSource, "layers">;
  readonly linked: LinkedEntry | undefined;
}

/**
 * Whether a run of an entry may come out otherwise at one moment than at another: it does not link at one of them, or
 * would load other files or be given another input. `isChanged` says whether the layers differ at all, which is enough
 * for an entry that may load anything.
 */
export function mayDiffer(one: Moment, other: Moment, isChanged: boolean): boolean {
  const [earlier, later] = [one.linked, other.linked];
  if (!earlier?.link.program || !later?.link.program || !sameGraph(earlier.reach, later.reach)) return true;
  if (later.isOpen && isChanged) return true;
  return exampleOf(one.source.layers, earlier.entry)?.hash !== exampleOf(other.source.layers, later.entry)?.hash;
}

/** Whether an entry fails to link at both moments, and for no other reasons at the second. */
export function isBrokenAlike(one: LinkResult | undefined, other: LinkResult | undefined): boolean {
  if (!one || !other || one.program || other.program) return false;
  const known = errorKeys(one.diagnostics);
  return [...errorKeys(other.diagnostics)].every((key) => known.has(key));
}

/** Whether two graphs are the same files with the same contents from the same layers. */
export function sameGraph(one: readonly LayeredFile[], other: readonly LayeredFile[]): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  // Nearly always in the same order as well, and then no key has to be made.
  if (one.every((file, position) => isSameFile(file, other[position]))) return true;
  const keyOf = (file: LayeredFile) => `${scopeSlug(file.scope)}/${file.path}@${file.hash}`;
  const keys = new Set(one.map(keyOf));
  return other.every((file) => keys.has(keyOf(file)));
}

function isSameFile(one: LayeredFile, other: LayeredFile | undefined): boolean {
  if (one === other) return true;
  if (other === undefined) return false;
  return one.hash === other.hash && one.path === other.path && scopeSlug(one.scope) === scopeSlug(other.scope);
}

/** One key for each error, equal where the same is wrong at the same place. */
export function errorKeys(diagnostics: readonly Diagnostic[]): Set<string> {
  return new Set(diagnostics.filter((diagnostic) => hasErrors([diagnostic])).map(diagnosticKey));
}

// A finding of a module is the same object in every graph that the module is in.
const keys = new WeakMap<Diagnostic, string>();

export function diagnosticKey(diagnostic: Diagnostic): string {
  const known = keys.get(diagnostic);
  if (known !== undefined) return known;
  const { code, scope, path, line, column, message } = diagnostic;
  const key = JSON.stringify([code, scope, path, line, column, message]);
  keys.set(diagnostic, key);
  return key;
}
