// Words for what is wrong with a specifier: where it leads nowhere, or to two places. Explains; decides nothing.
import {
  type NearestName,
  type Resolution,
  resolveFile,
  specifierPath,
  triedPaths,
  type UnsupportedReason,
  visibleFiles,
} from "../workspace/cascade.ts";
import type { Diagnostic, DiagnosticCode, Severity } from "../workspace/diagnostic.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { baseName, folderOf, moduleExtension, moduleName, type WorkspacePath } from "../workspace/path.ts";
import { fileTitle } from "../workspace/program.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { FileNode } from "./node.ts";
import { placeOf } from "./position.ts";
import type { AskedName, ModuleRequest, Span } from "./record.ts";

/** The part of a request by which it is explained; an `import()` has no more. */
type Place = Pick<ModuleRequest, "specifier" | "span">;

export interface Explainer {
  unresolved(
    module: FileNode,
    request: Place,
    resolution: Extract<Resolution, { kind: "unsupported" | "missing" }>,
    severity: Severity,
  ): Diagnostic;
  /** For whoever takes a folder without an index as a whole. */
  bareFolder(module: FileNode, request: Place, folder: string, severity: Severity): Diagnostic;
  /** For a name that is asked of a folder without an index and is no module in it. */
  missingSubmodule(module: FileNode, request: Place, name: AskedName, folder: string): Diagnostic;
  /** Nothing, or that two files of a layer go by the name that was imported. */
  twins(module: FileNode, request: Place, resolution: Extract<Resolution, { kind: "module" }>): Diagnostic[];
  twinsOfName(
    module: FileNode,
    name: string,
    span: Span,
    resolution: Extract<Resolution, { kind: "module" }>,
  ): Diagnostic[];
  /** Nothing, or that `with { type: "json" }` stands by what is not JSON. */
  attribute(module: FileNode, request: ModuleRequest, file: LayeredFile | undefined): Diagnostic[];
}

/** Makes a diagnostic at a span of a module's source. */
export function diagnosticAt(
  { file, source }: FileNode,
  span: Span,
  code: DiagnosticCode,
  severity: Severity,
  rest: { message: string } & Partial<Pick<Diagnostic, "specifier" | "tried" | "nearest" | "remedy">>,
): Diagnostic {
  return { code, severity, scope: scopeSlug(file.scope), path: file.path, ...placeOf(source, span), ...rest };
}

/** `nearestTo` gives the module that is nearest to a path, as a specifier that works from everywhere. */
export function createExplainer(layers: readonly Layer[], nearestTo: NearestName): Explainer {
  let byFolder: ReadonlyMap<string, readonly string[]> | undefined;
  const offered = new Map<string, readonly string[]>();

  /** The names of the modules in a folder, in order. */
  const offeredBy = (folder: string): readonly string[] =>
    offered.getOrInsertComputed(folder, () => {
      byFolder ??= modulesByFolder(layers);
      return [...new Set(byFolder.get(folder)?.map(baseName))].sort();
    });

  /** A file of that name that is there and that no import can reach, in words, with what to do. */
  const outOfReach = (path: string): { message: string; remedy: string } | undefined => {
    for (const { ending, what, remedy } of unreachable) {
      const file = resolveFile(layers, (path.endsWith(ending) ? path : `${path}${ending}`) as WorkspacePath);
      if (file === undefined) continue;
      return { message: `${fileTitle(file)} is ${what}, which cannot be imported`, remedy };
    }
    return undefined;
  };

  const notFound = (
    module: FileNode,
    span: Span,
    severity: Severity,
    specifier: string,
    about: { asked: string; path: string | undefined; message: string; remedy: string },
  ): Diagnostic => {
    const there = about.path === undefined ? undefined : outOfReach(about.path);
    if (there !== undefined) {
      return diagnosticAt(module, span, "module-not-found", severity, {
        message: `${about.message}: ${there.message}`,
        specifier,
        tried: triedPaths(layers, about.asked, module.file.path),
        remedy: there.remedy,
      });
    }
    const near = about.path === undefined ? undefined : nearestTo(about.path);
    return diagnosticAt(module, span, "module-not-found", severity, {
      message: about.message,
      specifier,
      tried: triedPaths(layers, about.asked, module.file.path),
      ...(near === undefined ? {} : { nearest: near }),
      remedy:
        near === undefined
          ? `Correct the name, or ${about.remedy}`
          : `Import ${JSON.stringify(near)} if that is what you mean, or ${about.remedy}`,
    });
  };

  return {
    unresolved(module, { specifier, span }, resolution, severity) {
      if (resolution.kind === "unsupported") {
        const [why, remedy] = unsupportedWords[resolution.reason];
        const message = `Cannot import ${JSON.stringify(specifier)}: ${why}`;
        return diagnosticAt(module, span, "unsupported-specifier", severity, { message, specifier, remedy });
      }
      const path = specifierPath(specifier, module.file.path);
      return notFound(module, span, severity, specifier, {
        asked: specifier,
        path,
        message: `Cannot find module ${JSON.stringify(specifier)} imported by ${module.file.path}`,
        remedy: `add the module ${JSON.stringify(path ?? specifier)}`,
      });
    },
    bareFolder(module, { specifier, span }, folder, severity) {
      const offered = offeredBy(folder);
      const some = offered.slice(0, 5).join(", ") + (offered.length > 5 ? ", …" : "");
      return diagnosticAt(module, span, "module-not-found", severity, {
        message: `${JSON.stringify(specifier)} is a folder without an index, imported by ${module.file.path}: it offers nothing but the modules in it, by name`,
        specifier,
        tried: triedPaths(layers, specifier, module.file.path),
        remedy:
          offered.length === 0
            ? `Add ${JSON.stringify(folder === "" ? "index.ts" : `${folder}/index.ts`)}, or import a module by its path`
            : `Write \`import { ${offered[0]} } from ${JSON.stringify(specifier)}\`; it offers ${some}`,
      });
    },
    missingSubmodule(module, { specifier }, { name, span }, folder) {
      const path = folder === "" ? name : `${folder}/${name}`;
      return notFound(module, span, "error", specifier, {
        asked: `${specifier.replace(/\/+$/, "")}/${name}`,
        path,
        message: `Cannot find module ${JSON.stringify(path)} imported by ${module.file.path} as ${JSON.stringify(name)} from the folder ${JSON.stringify(specifier)}`,
        remedy: `add the module ${JSON.stringify(path)}`,
      });
    },
    twins(module, { specifier, span }, { file, twins }) {
      return twins.length === 0 ? [] : [twinsAt(module, span, JSON.stringify(specifier), specifier, file, twins)];
    },
    twinsOfName(module, name, span, { file, twins }) {
      return twins.length === 0 ? [] : [twinsAt(module, span, JSON.stringify(name), undefined, file, twins)];
    },
    attribute(module, { jsonAttribute, specifier }, file) {
      if (jsonAttribute === undefined || (file && moduleExtension(file.path) === ".json")) return [];
      const what = file ? fileTitle(file) : JSON.stringify(specifier);
      return [
        diagnosticAt(module, jsonAttribute, "unsupported-syntax", "error", {
          message: `${what} is not JSON, as this import says it is`,
          specifier,
          remedy: `Take \`with { type: "json" }\` out`,
        }),
      ];
    },
  };
}

function modulesByFolder(layers: readonly Layer[]): ReadonlyMap<string, readonly string[]> {
  const names = visibleFiles(layers).flatMap(({ path }) => (moduleExtension(path) ? [moduleName(path)] : []));
  return Map.groupBy(
    names.filter((name) => name !== ""),
    folderOf,
  );
}

/** Files that are kept for others than importers. */
const unreachable = [
  { ending: ".py", what: "Python", remedy: "Write what you need of it in TypeScript, or import it from Python" },
  { ending: ".yaml", what: "a form in YAML", remedy: "Write it as JSON to import it" },
  { ending: ".yml", what: "a form in YAML", remedy: "Write it as JSON to import it" },
  { ending: ".d.ts", what: "a declaration of types", remedy: "Take its types with `import type`, or add the module" },
  { ending: ".d.mts", what: "a declaration of types", remedy: "Take its types with `import type`, or add the module" },
] as const;

function twinsAt(
  module: FileNode,
  span: Span,
  what: string,
  specifier: string | undefined,
  file: LayeredFile,
  twins: readonly LayeredFile[],
): Diagnostic {
  const others = twins.map(({ path }) => path).join(", ");
  return diagnosticAt(module, span, "ambiguous-module", "warning", {
    message: `${what} is the name of ${file.path}, which is taken, and also of ${others}`,
    ...(specifier === undefined ? {} : { specifier }),
    remedy: "Write the extension, or keep one file of that name",
  });
}

/** For each reason why, and what to do about it. */
const unsupportedWords: Readonly<Record<UnsupportedReason, readonly [string, string]>> = {
  package: [
    "it is neither a module nor a folder here, and packages are not available to workflows",
    "Copy what you need into a module of the workspace and import that",
  ],
  "node-builtin": [
    "it is a module of Node.js, and workflows have no access to the machine they run on",
    "Use what JavaScript itself and the SDK offer",
  ],
  url: ["nothing is loaded from the network", "Copy the module into the workspace and import it by its path"],
  absolute: [
    "a specifier cannot begin with a slash",
    "Leave out the leading slash: what is not relative counts from the root of the workspace",
  ],
  "above-root": ["it leads above the root of the workspace", "Correct the number of `../`"],
  empty: ["it is empty", 'Write the path of a module, such as "shared/halopsa"'],
};
