// `bifrost resolve`: shows where an import leads, and every path that was looked for on the way. In folders, or with --org
// in what is stored.
import { Command, Option } from "commander";
import { z } from "zod";
import { Fault } from "../../errors.ts";
import { resolveModule, triedPaths } from "../../workspace/cascade.ts";
import type { LayeredFile } from "../../workspace/layer.ts";
import { joinPath, parsePath, type WorkspacePath } from "../../workspace/path.ts";
import type { Moment } from "../../workspace/revision.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import type { OpenDeployment } from "../deployment.ts";
import { triedLines } from "../diagnostic-text.ts";
import { integer, revision, revisionKeys, text } from "../document-shapes.ts";
import { momentHelp, readMoment } from "../history-arguments.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { openWorkspace, requireValid } from "../local-workspace.ts";
import { addFolderOptions, type FolderOptions } from "../options.ts";
import { canBeImported, resolutionDocument, resolutionLines } from "../resolution-text.ts";
import { explainStored } from "./resolve-stored.ts";

type Options = FolderOptions & {
  readonly dir: string;
  readonly from?: WorkspacePath;
  readonly org?: string;
  readonly at?: Moment;
  readonly json?: boolean;
};

/** Since when and by what a file is there; only of what is stored. */
const story = { written: revision.optional(), held: revision.optional(), ended: revision.nullable().optional() };

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    found: z.boolean(),
    scope: text.nullable(),
    path: text.nullable(),
    hash: text.nullable(),
    overrides: z.strictObject({ scope: text, path: text, hash: text, ...story }).nullable(),
    tried: z.array(z.strictObject({ scope: text, path: text })),
    kind: text,
    reason: text.nullable(),
    nearest: text.nullable(),
    names: z.array(text).nullable(),
    remedy: text.nullable(),
    ...story,
    layers: z
      .array(
        z.union([z.strictObject({ scope: text, ...revisionKeys }), z.strictObject({ scope: text, revision: integer })]),
      )
      .optional()
      .meta({ description: "with --org" }),
    pin: z
      .strictObject({ revision: integer, release: text.nullable() })
      .nullable()
      .optional()
      .meta({ description: "with --org" }),
  });

export function resolveCommand(io: CliIo, open: OpenDeployment): Command {
  const command = new Command("resolve")
    .summary("show where an import leads and every path tried")
    .description(
      "Shows which layer answers an import, what that overrides, and every path that was looked for: in folders, or with " +
        "--org in what is stored, where it also says since when and by whom.",
    )
    .argument("<specifier>", "as an import writes it, such as shared/halopsa or ./halopsa")
    .option("--from <path>", "file that the import stands in, from the workspace's root (default: the root)", readFrom)
    .option("--dir <dir>", "folder of the repository", ".")
    .addOption(
      new Option("--org <scope>", "an organisation's slug or id, or global: look in what is stored").conflicts([
        "dir",
        "global",
        "scope",
      ]),
    )
    .option("--at <moment>", `with --org: ${momentHelp} (default: now)`, readMoment)
    .addOption(jsonOption(document, "print the answer as one JSON document"));
  addFolderOptions(command).addHelpText(
    "after",
    "\nExample:\n" +
      "  $ bifrost resolve shared/halopsa --dir examples/acme --global examples/global\n" +
      "  $ bifrost resolve ./halopsa --from shared/tickets.ts --dir examples/acme\n" +
      "  $ bifrost resolve shared/halopsa --org acme --at 2026-03-01T12:00Z\n\n" +
      "Exit code: 0 it leads to a module, or to a folder that offers some by name, 1 it does not, 2 wrong use.",
  );
  return command.action(async (specifier: string, options: Options) => {
    const { org, at, from, json } = options;
    if (org !== undefined) return explainStored(io, open, { specifier, from, org, at, json });
    if (at !== undefined) {
      throw new Fault("wrong-use", "--at asks for the past of what is stored, and a folder has none", {
        remedy: "Name the scope: --org acme",
      });
    }
    await resolveInFolders(io, specifier, options);
  });
}

async function resolveInFolders(io: CliIo, specifier: string, options: Options): Promise<void> {
  const workspace = openWorkspace({
    directory: options.dir,
    globalDirectory: options.global,
    scope: options.scope,
  });
  requireValid(workspace);
  const { layers } = workspace.source;
  const resolution = resolveModule(layers, specifier, options.from);
  const tried = triedPaths(layers, specifier, options.from);
  const asked = { resolution, layers, specifier, from: options.from };
  if (!canBeImported(asked)) io.exitCode = 1;
  if (options.json) return printJson(io, resolutionDocument(asked, tried));
  const style = styleFor(io.stdout);
  const answer = {
    ...asked,
    detailsOf: (file: LayeredFile) => {
      if (resolution.kind !== "module" || file !== resolution.file) return [];
      const location = workspace.find({ scope: scopeSlug(file.scope), path: file.path })?.location;
      return location === undefined ? [] : [["file", location] as const];
    },
  };
  io.stdout.write(`${[...resolutionLines(answer, style), ...triedLines(tried, style)].join("\n")}\n`);
}

function readFrom(text: string): WorkspacePath {
  const path = parsePath(joinPath("", text) ?? "");
  if (path !== undefined && !text.startsWith("/")) return path;
  throw new Fault("wrong-use", `The value of --from is not a path in the workspace: ${JSON.stringify(text)}`, {
    remedy: "Give the importing file's path from the workspace's root, such as --from workflows/escalate.ts",
  });
}
