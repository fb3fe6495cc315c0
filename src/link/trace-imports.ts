// The imports of one module as its reader wants to know them: each with where it stands, where it leads, and what is wrong
// with it. Which layer answers is the cascade's; here it is only told.
import type { Resolution } from "../workspace/cascade.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { filesOf } from "./imports-of.ts";
import type { FileNode, ModuleNode } from "./node.ts";
import { type Place, placeOf } from "./position.ts";
import type { Span } from "./record.ts";

/** One `import … from`, `export … from` or `import()` with a specifier that is known without running anything. */
export interface TracedImport {
  readonly specifier: string;
  /** Where the specifier stands. */
  readonly place: Place;
  readonly isDynamic: boolean;
  /** `folder`: to modules in it that are asked for by name. */
  readonly leadsTo: "module" | "folder" | "sdk" | "nowhere";
  /** A folder leads to its index and to the modules in it that are asked for. */
  readonly files: readonly LayeredFile[];
  /** What is wrong with it, the names that it asks for included. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ImportTrace {
  /** In the order of the source. Imports of types alone are erased, and lead nowhere. */
  readonly imports: readonly TracedImport[];
  /** Whether there is an `import()` besides, whose specifier only the run can tell. */
  readonly hasComputedImport: boolean;
  /** What is wrong with the source itself, whatever it imports. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Traces a module's imports. `targets` are those of its record's requests; `diagnostics` is all that is wrong with it. */
export function traceImports(
  module: FileNode,
  targets: readonly (ModuleNode | undefined)[],
  diagnostics: readonly Diagnostic[],
  resolve: (specifier: string) => Resolution,
): ImportTrace {
  const { source, record } = module;
  const told = new Set<Diagnostic>();
  const about = (specifier: string, spans: readonly (Span | undefined)[]): Diagnostic[] => {
    const places = spans.filter((span) => span !== undefined).map((span) => placeOf(source, span));
    const found = diagnostics.filter(
      (diagnostic) =>
        (diagnostic.specifier ?? specifier) === specifier &&
        places.some(({ line, column }) => line === diagnostic.line && column === diagnostic.column),
    );
    for (const diagnostic of found) told.add(diagnostic);
    return found;
  };
  const namesOf = Map.groupBy(record.names, ({ request }) => request);
  const written = record.requests.map(({ specifier, span, jsonAttribute, whole }, position): TracedImport => {
    const names = namesOf.get(position) ?? [];
    const target = targets[position];
    return {
      specifier,
      place: placeOf(source, span),
      isDynamic: false,
      leadsTo: placeOfTarget(target),
      files: filesOf(target, whole ? undefined : names),
      diagnostics: about(specifier, [span, jsonAttribute, whole?.span, ...names.map((name) => name.span)]),
    };
  });
  const later = record.dynamicImports.map(({ specifier, span }): TracedImport => {
    const resolution = resolve(specifier);
    const file = resolution.kind === "module" ? resolution.file : undefined;
    return {
      specifier,
      place: placeOf(source, span),
      isDynamic: true,
      leadsTo: file ? "module" : resolution.kind === "sdk" ? "sdk" : "nowhere",
      files: file ? [file] : [],
      diagnostics: about(specifier, [span]),
    };
  });
  return {
    imports: [...written, ...later].sort(
      ({ place: one }, { place: other }) => one.line - other.line || one.column - other.column,
    ),
    hasComputedImport: record.hasComputedImport,
    diagnostics: diagnostics.filter((diagnostic) => !told.has(diagnostic)),
  };
}

function placeOfTarget(target: ModuleNode | undefined): TracedImport["leadsTo"] {
  switch (target?.kind) {
    case "file":
      return "module";
    case "facade":
      return "folder";
    case "sdk":
      return "sdk";
    case undefined:
      return "nowhere";
    default:
      throw target satisfies never;
  }
}
