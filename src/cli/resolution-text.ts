// Where an import leads, as a person and as a program reads it: of folders and of what is stored alike.
import { nearestName, type Resolution, specifierPath, type UnsupportedReason } from "../workspace/cascade.ts";
import type { TriedPath } from "../workspace/diagnostic.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { Style } from "./io.ts";
import { printable } from "./printable.ts";

/** The answer as other programs read it. A built-in module is found and lies in no layer. */
export function resolutionDocument(resolution: Resolution, tried: readonly TriedPath[]) {
  const placeOf = ({ scope, path, hash }: LayeredFile) => ({ scope: scopeSlug(scope), path, hash });
  const { overrides } = resolution.kind === "module" ? resolution : {};
  const nowhere = { scope: null, path: resolution.kind === "sdk" ? "bifrost" : null, hash: null };
  return {
    found: resolution.kind === "module" || resolution.kind === "sdk",
    ...(resolution.kind === "module" ? placeOf(resolution.file) : nowhere),
    overrides: overrides === undefined ? null : placeOf(overrides),
    tried,
  };
}

const refusals: Record<UnsupportedReason, string> = {
  package: "Packages cannot be imported: put the code below shared/ and import it by its path",
  "node-builtin": "Modules of Node cannot be imported: workflows have no file system, network or process",
  url: "URLs cannot be imported: put the code into the repository",
  absolute: "A path from the workspace's root is written without a slash before it",
  "above-root": "The path leads above the workspace's root",
  empty: "The specifier is empty",
};

export interface Answer {
  readonly resolution: Resolution;
  readonly layers: readonly Layer[];
  readonly specifier: string;
  readonly from: WorkspacePath | undefined;
  /** More to say of the module, or of the one that it hides: a label and a text. */
  detailsOf(file: LayeredFile): readonly (readonly [label: string, text: string])[];
}

/** The answer as a person reads it, line by line. */
export function resolutionLines({ resolution, layers, specifier, from, detailsOf }: Answer, style: Style): string[] {
  const shown = printable(JSON.stringify(specifier));
  const detail = (label: string, text: string) => `  ${style("dim", label)} ${printable(text)}`;
  const failure = (text: string) => `${style("red", "✗")} ${shown} ${text}`;
  switch (resolution.kind) {
    case "module": {
      const { file, overrides, twins } = resolution;
      const more = (of: LayeredFile) => detailsOf(of).map(([label, words]) => detail(label, words));
      return [
        `${style("green", "✓")} ${shown} leads to ${style("bold", printable(file.path))} of ${scopeSlug(file.scope)}`,
        ...more(file),
        detail("hash", file.hash),
        ...(overrides === undefined
          ? []
          : [
              detail("overrides", `${overrides.path} of ${scopeSlug(overrides.scope)}`),
              ...more(overrides).map((line) => `  ${line}`),
            ]),
        ...twins.map((twin) => detail("takes precedence over", `${twin.path} of ${scopeSlug(twin.scope)}`)),
      ];
    }
    case "sdk":
      return [`${style("green", "✓")} ${shown} is the built-in SDK`];
    case "folder": {
      const names = namesIn(layers, resolution.folder);
      return [
        failure("is a folder without an index"),
        detail("to do:", `Import a module in it: import { ${names[0] ?? "name"} } from ${shown}`),
        detail("it holds", names.join(", ")),
      ];
    }
    case "unsupported":
      return [failure("is not supported"), detail("to do:", refusals[resolution.reason])];
    case "missing": {
      const nearest = nearestName(layers, specifierPath(specifier, from) ?? "");
      return [failure("leads nowhere"), ...(nearest === undefined ? [] : [detail("did you mean", nearest)])];
    }
    default:
      throw resolution satisfies never;
  }
}

/** Names of modules and folders right below a folder, in every layer. */
function namesIn(layers: readonly Layer[], folder: string): string[] {
  const names = new Set<string>();
  for (const { files } of layers) {
    for (const path of files.keys()) {
      if (path.startsWith(`${folder}/`)) names.add(path.slice(folder.length + 1).replace(/[/.].*$/, ""));
    }
  }
  return [...names].sort();
}
