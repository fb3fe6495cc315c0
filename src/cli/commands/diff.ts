// `bifrost diff`: what an organisation makes of global, or what became of a scope between two revisions, as a patch.
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "../../errors.ts";
import type { HistoryEdges } from "../../history/edges.ts";
import { type FileDiff, patchText } from "../../history/file-diff.ts";
import { revisionOf } from "../../history/moment.ts";
import { diffTrees, isIn, layeredTrees, scopeTree, type Tree } from "../../history/tree-diff.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import type { Moment } from "../../workspace/revision.ts";
import { type Scope, scopeSlug } from "../../workspace/scope.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, text } from "../document-shapes.ts";
import { momentHelp, readMoment, readPath } from "../history-arguments.ts";
import { type CliIo, isTerminal, jsonText, type Style, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { colouredPatch } from "../patch-text.ts";
import { printable } from "../printable.ts";

interface Options {
  readonly from?: Moment;
  readonly to?: Moment;
  readonly stat?: boolean;
  readonly json?: boolean;
}

const side = z.strictObject({ scope: text, revision: integer });

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    from: side,
    to: side,
    files: z.array(
      z.strictObject({
        kind: z.enum(["added", "deleted", "renamed", "changed"]),
        from: text.nullable(),
        to: text.nullable(),
        added: integer.meta({ description: "lines" }),
        removed: integer,
        hunks: z.array(
          z.strictObject({
            fromLine: integer,
            fromLines: integer,
            toLine: integer,
            toLines: integer,
            lines: z.array(text),
          }),
        ),
      }),
    ),
  });

export function diffCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("diff")
    .summary("show what an organisation makes of global, or what changed between revisions")
    .description(
      "Shows the difference between global and what an organisation sees in its place: what it overrides, and what it " +
        "adds. With --from or --to, shows what became of the scope's own files between two revisions. The output is a " +
        "patch that git apply takes.",
    )
    .argument("<scope>", "an organisation's slug or id, or global")
    .argument("[path]", "a file, a module without its extension, or a folder (default: everything)")
    .option("--from <revision>", `${momentHelp} (default with --to: the revision before that one)`, readMoment)
    .option("--to <revision>", "the same (default with --from: now)", readMoment)
    .option("--stat", "print one line a file and no contents")
    .addOption(jsonOption(document, "print one JSON document, with hunks as data"))
    .addHelpText(
      "after",
      "\nExample:\n" +
        "  $ bifrost diff acme shared/halopsa     # how acme's differs from global's\n" +
        "  $ bifrost diff global --from 12        # what became of global since revision 12\n" +
        "  $ bifrost diff acme --to 7             # what revision 7 of acme did",
    )
    .action((scopeName: string, path: string | undefined, options: Options) =>
      withDeployment(open, async ({ store }) => {
        const scope = await findScope(store, scopeName);
        const only = path === undefined ? undefined : readPath(path);
        const sides = await readSides({ store }, scope, options);
        if (only !== undefined && ![...sides.before.keys(), ...sides.after.keys()].some((at) => isIn(only, at))) {
          throw new Fault("wrong-use", `Neither side has anything at ${JSON.stringify(only)}`, {
            remedy: `Leave the path out, or see what there was: "bifrost log ${scopeSlug(scope)} ${only}"`,
          });
        }
        const diffs = diffTrees({ store }, sides.before, sides.after, only);
        if (options.json) await printDocument(io, sides.names, diffs);
        else await printPatch(io, sides.names, diffs, options);
      }),
    );
}

interface Sides {
  readonly before: Tree;
  readonly after: Tree;
  readonly names: { readonly from: SideName; readonly to: SideName };
}

interface SideName {
  readonly scope: string;
  readonly revision: number;
}

async function readSides(edges: HistoryEdges, scope: Scope, { from, to }: Options): Promise<Sides> {
  const granted = grantOperator(scope);
  const slug = scopeSlug(scope);
  if (from === undefined && to === undefined) {
    if (scope.kind === "global") {
      throw new Fault("wrong-use", "There is no layer below global to compare it with", {
        remedy: 'Name a revision, such as "bifrost diff global --from 1"',
      });
    }
    const { below, seen, revisions } = await layeredTrees(edges, granted);
    const names = {
      from: { scope: "global", revision: revisions.below },
      to: { scope: slug, revision: revisions.own },
    };
    return { before: below, after: seen, names };
  }
  const last = to === undefined ? undefined : await revisionOf(edges, granted, to);
  const after = await scopeTree(edges, granted, last);
  const first = from === undefined ? Math.max(0, after.revision - 1) : await revisionOf(edges, granted, from);
  const before = await scopeTree(edges, granted, first);
  const names = { from: { scope: slug, revision: first }, to: { scope: slug, revision: after.revision } };
  return { before: before.files, after: after.files, names };
}

async function printPatch(
  io: CliIo,
  { from, to }: Sides["names"],
  diffs: AsyncIterable<FileDiff>,
  { stat }: Options,
): Promise<void> {
  const style = styleFor(io.stdout);
  const forPeople = isTerminal(io.stdout);
  const total = { files: 0, added: 0, removed: 0 };
  for await (const diff of diffs) {
    total.files += 1;
    total.added += diff.added;
    total.removed += diff.removed;
    if (stat) io.stdout.write(`${statLine(diff, style)}\n`);
    else if (!(await written(io, forPeople ? colouredPatch(diff, style) : patchText(diff)))) return;
  }
  const name = ({ scope, revision }: SideName) => `${scope} at revision ${revision}`;
  const sum =
    total.files === 0 ? "No difference" : `${count(total.files, "file")}, +${total.added} -${total.removed} lines`;
  io.stderr.write(`${style("dim", `${sum} between ${name(from)} and ${name(to)}`)}\n`);
}

function statLine({ kind, from, to, added, removed }: FileDiff, style: Style): string {
  const path = kind === "renamed" ? `${from} => ${to}` : (to ?? from ?? "");
  const marks = `${style("green", `+${added}`)} ${style("red", `-${removed}`)}`;
  return `${kind.padEnd(7)}  ${printable(path)}  ${marks}`;
}

/** Written file by file: a scope may hold more than fits in memory as one text. */
async function printDocument(io: CliIo, names: Sides["names"], diffs: AsyncIterable<FileDiff>): Promise<void> {
  await written(io, `{\n  "from": ${jsonText(names.from)},\n  "to": ${jsonText(names.to)},\n  "files": [`);
  let isFirst = true;
  for await (const diff of diffs) {
    if (!(await written(io, `${isFirst ? "" : ","}\n    ${jsonText(diff)}`))) return;
    isFirst = false;
  }
  await written(io, isFirst ? "]\n}\n" : "\n  ]\n}\n");
}

/** Writes, and waits for a slow reader. Gives false where the reader has gone, such as `head`. */
function written({ stdout }: CliIo, text: string): Promise<boolean> {
  return new Promise((resolve) => stdout.write(text, (error) => resolve(!error)));
}
