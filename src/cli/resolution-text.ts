// Where an import leads, as a person and as a program reads it: of folders and of what is stored alike.
import { nearestName, type Resolution, specifierPath, type UnsupportedReason } from "../workspace/cascade.ts";
import type { TriedPath } from "../workspace/diagnostic.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { moduleExtension, type WorkspacePath } from "../workspace/path.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { Style } from "./io.ts";
import { printable } from "./printable.ts";

/** The answer as other programs read it. A built-in module is found and lies in no layer; a folder is none and offers names. */
export function resolutionDocument(asked: Omit<Answer, "detailsOf">, tried: readonly TriedPath[]) {
  const { resolution } = asked;
  const { remedy, nearest, names } = helpFor(asked);
  const placeOf = ({ scope, path, hash }: LayeredFile) => ({ scope: scopeSlug(scope), path, hash });
  const { overrides } = resolution.kind === "module" ? resolution : {};
  const nowhere = { scope: null, path: resolution.kind === "sdk" ? "bifrost" : null, hash: null };
  return {
    found: resolution.kind === "module" || resolution.kind === "sdk",
    ...(resolution.kind === "module" ? placeOf(resolution.file) : nowhere),
    overrides: overrides === undefined ? null : placeOf(overrides),
    tried,
    kind: resolution.kind,
    reason: resolution.kind === "unsupported" ? resolution.reason : null,
    nearest: nearest ?? null,
    names: names ?? null,
    remedy: remedy ?? null,
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

interface Help {
  readonly remedy?: string;
  /** The module that was probably meant. */
  readonly nearest?: string;
  /** What a folder offers by name. */
  readonly names?: readonly string[];
}

/** What to do about an answer that is no module. */
function helpFor({ resolution, layers, specifier, from }: Omit<Answer, "detailsOf">): Help {
  switch (resolution.kind) {
    case "module":
    case "sdk":
      return {};
    case "folder": {
      const names = namesIn(layers, resolution.folder);
      const remedy = `Import a module in it by name: import { ${names[0] ?? "name"} } from ${JSON.stringify(specifier)}`;
      return { names, remedy };
    }
    case "unsupported":
      return { remedy: refusals[resolution.reason] };
    case "missing": {
      const path = specifierPath(specifier, from) ?? "";
      const nearest = nearestName(layers, path);
      if (nearest === undefined) return { remedy: `Correct the name, or add the module ${JSON.stringify(path)}` };
      return { nearest, remedy: `Import ${JSON.stringify(nearest)} if that is what you mean` };
    }
    default:
      throw resolution satisfies never;
  }
}

/** Whether an import can be written with it: of a module, or of a folder that offers some by name. */
export function canBeImported(asked: Omit<Answer, "detailsOf">): boolean {
  const { kind } = asked.resolution;
  if (kind === "folder") return (helpFor(asked).names ?? []).length > 0;
  return kind === "module" || kind === "sdk";
}

/** The answer as a person reads it, line by line. */
export function resolutionLines({ detailsOf, ...asked }: Answer, style: Style): string[] {
  const { resolution, specifier } = asked;
  const shown = printable(JSON.stringify(specifier));
  const detail = (label: string, text: string) => `  ${style("dim", label)} ${printable(text)}`;
  const failure = (text: string) => `${style("red", "✗")} ${shown} ${text}`;
  const help = () => {
    const { remedy, nearest, names } = helpFor(asked);
    return [
      ...(names === undefined ? [] : [detail("it offers", names.join(", "))]),
      ...(nearest === undefined ? [] : [detail("did you mean", nearest)]),
      ...(remedy === undefined ? [] : [detail("to do:", remedy)]),
    ];
  };
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
    case "folder":
      return [
        `${style("yellow", "•")} ${shown} is a folder, which is no module itself: it offers those in it`,
        ...help(),
      ];
    case "unsupported":
      return [failure("is not supported"), ...help()];
    case "missing":
      return [failure("leads nowhere"), ...help()];
    default:
      throw resolution satisfies never;
  }
}

/** Names of modules and folders right below a folder, in every layer. */
function namesIn(layers: readonly Layer[], folder: string): string[] {
  const names = new Set<string>();
  for (const { files } of layers) {
    for (const path of files.keys()) {
      if (path.startsWith(`${folder}/`) && moduleExtension(path) !== undefined)
        names.add(path.slice(folder.length + 1).replace(/[/.].*$/, ""));
    }
  }
  return [...names].sort();
}
