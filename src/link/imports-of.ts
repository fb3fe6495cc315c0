// Where a module of the graph asks for others, for whoever has to point at the way from one file to another or to know
// that there is none.
import { answeringNames } from "../workspace/cascade.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { FileNode, ModuleNode } from "./node.ts";
import { type Place, placeOf } from "./position.ts";
import type { AskedName, ModuleRecord, Span } from "./record.ts";

/** One `import`, `export … from` or `import()` that leads to a file. */
export interface LinkedImport {
  readonly file: LayeredFile;
  /** Where the specifier stands in the importing file. */
  place(): Place;
}

/** The imports of a module. `targets` are those of its record's requests; `dynamic` says where an `import()` leads. */
export function importsOf(
  module: FileNode,
  targets: readonly (ModuleNode | undefined)[],
  dynamic: (specifier: string) => LayeredFile | undefined,
): LinkedImport[] {
  const at = (file: LayeredFile, span: Span): LinkedImport => ({ file, place: () => placeOf(module.source, span) });
  const namesOf = Map.groupBy(module.record.names, ({ request }) => request);
  const written = module.record.requests.flatMap(({ span, whole }, index) =>
    filesOf(targets[index], whole ? undefined : namesOf.get(index)).map((file) => at(file, span)),
  );
  const later = module.record.dynamicImports.flatMap(({ specifier, span }) => {
    const file = dynamic(specifier);
    return file === undefined ? [] : [at(file, span)];
  });
  return [...written, ...later];
}

/**
 * The files that a request leads to. A folder leads to its index and to those modules in it that are asked for: by these names,
 * or, where it is taken as a whole, by anybody.
 */
export function filesOf(target: ModuleNode | undefined, names?: readonly AskedName[]): LayeredFile[] {
  if (target === undefined || target.kind === "sdk") return [];
  if (target.kind === "file") return [target.file];
  const { index, targets, record } = target;
  if (names === undefined) return targets.flatMap((inner) => filesOf(inner));
  const asked = new Set<ModuleNode | undefined>(index ? [index] : []);
  for (const { name } of names) {
    const entry = record.exports.get(name);
    // What a folder does not export by itself comes from its index; the facade of one module exports that alone.
    if (entry) asked.add(targets[entry.kind === "indirect" ? entry.request : 0]);
  }
  return [...asked].flatMap((inner) => filesOf(inner));
}

/** The names of every file that could answer an import of a module, whatever the layers hold. */
export function askedNames({ requests, names, dynamicImports }: ModuleRecord, path: WorkspacePath): Set<string> {
  const asked = new Set<string>();
  const namesOf = Map.groupBy(names, ({ request }) => request);
  for (const [index, { specifier }] of requests.entries()) {
    const wanted = (namesOf.get(index) ?? []).map(({ name }) => name);
    for (const name of answeringNames(specifier, path, wanted)) asked.add(name);
  }
  for (const { specifier } of dynamicImports) for (const name of answeringNames(specifier, path, [])) asked.add(name);
  return asked;
}
