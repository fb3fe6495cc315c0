// `bifrost resolve`: shows where an import leads, and every path that was looked for on the way.
import { Command } from "commander";
import { Fault } from "../../errors.ts";
import {
  nearestName,
  type Resolution,
  resolveModule,
  specifierPath,
  triedPaths,
  type UnsupportedReason,
} from "../../workspace/cascade.ts";
import type { TriedPath } from "../../workspace/diagnostic.ts";
import type { Layer, LayeredFile } from "../../workspace/layer.ts";
import { joinPath, parsePath, type WorkspacePath } from "../../workspace/path.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { triedLines } from "../diagnostic-text.ts";
import { type CliIo, printJson, type Style, styleFor } from "../io.ts";
import { type LocalWorkspace, openWorkspace, requireValid } from "../local-workspace.ts";
import { addFolderOptions, type FolderOptions } from "../options.ts";
import { printable } from "../printable.ts";

type Options = FolderOptions & { readonly dir: string; readonly from?: WorkspacePath; readonly json?: boolean };

export function resolveCommand(io: CliIo): Command {
  const command = new Command("resolve")
    .summary("show where an import leads and every path tried")
    .description("Shows which layer answers an import, what that overrides, and every path that was looked for.")
    .argument("<specifier>", "as an import writes it, such as shared/halopsa or ./halopsa")
    .option("--from <path>", "file that the import stands in, from the workspace's root (default: the root)", readFrom)
    .option("--dir <dir>", "folder of the repository", ".")
    .option("--json", "print the answer as one JSON document");
  addFolderOptions(command).addHelpText(
    "after",
    "\nExample:\n" +
      "  $ bifrost resolve ./halopsa --from shared/tickets.ts --dir examples/acme --global examples/global\n\n" +
      "Exit code: 0 it leads to a module, 1 it does not, 2 wrong use.",
  );
  return command.action(async (specifier: string, options: Options) => {
    const workspace = await openWorkspace({
      directory: options.dir,
      globalDirectory: options.global,
      scope: options.scope,
    });
    requireValid(workspace);
    const { layers } = workspace.source;
    const resolution = resolveModule(layers, specifier, options.from);
    const tried = triedPaths(layers, specifier, options.from);
    const isFound = resolution.kind === "module" || resolution.kind === "sdk";
    if (!isFound) io.exitCode = 1;
    if (options.json) return printJson(io, documentOf(resolution, tried));
    const style = styleFor(io.stdout);
    const lines = [...answerLines(resolution, workspace, specifier, options.from, style), ...triedLines(tried, style)];
    io.stdout.write(`${lines.join("\n")}\n`);
  });
}

function readFrom(text: string): WorkspacePath {
  const path = parsePath(joinPath("", text) ?? "");
  if (path !== undefined && !text.startsWith("/")) return path;
  throw new Fault("wrong-use", `The value of --from is not a path in the workspace: ${JSON.stringify(text)}`, {
    remedy: "Give the importing file's path from the workspace's root, such as --from workflows/escalate.ts",
  });
}

/** The answer as other programs read it. A built-in module is found and lies in no layer. */
function documentOf(resolution: Resolution, tried: readonly TriedPath[]) {
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

function answerLines(
  resolution: Resolution,
  workspace: LocalWorkspace,
  specifier: string,
  from: WorkspacePath | undefined,
  style: Style,
): string[] {
  const { layers } = workspace.source;
  const shown = printable(JSON.stringify(specifier));
  const detail = (label: string, text: string) => `  ${style("dim", label)} ${printable(text)}`;
  const failure = (text: string) => `${style("red", "✗")} ${shown} ${text}`;
  switch (resolution.kind) {
    case "module": {
      const { file, overrides, twins } = resolution;
      const location = workspace.find({ scope: scopeSlug(file.scope), path: file.path })?.location;
      return [
        `${style("green", "✓")} ${shown} leads to ${style("bold", printable(file.path))} of ${scopeSlug(file.scope)}`,
        ...(location === undefined ? [] : [detail("file", location)]),
        detail("hash", file.hash),
        ...(overrides === undefined ? [] : [detail("overrides", `${overrides.path} of ${scopeSlug(overrides.scope)}`)]),
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
