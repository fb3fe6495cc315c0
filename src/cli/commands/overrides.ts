// `bifrost overrides`: what an organisation overrides, what global has made of it since, and where the two meet.
import { Command } from "commander";
import { z } from "zod";
import type { HistoryEdges } from "../../history/edges.ts";
import { listOverrides, type OverrideList } from "../../history/list-overrides.ts";
import { viewOverride } from "../../history/override-view.ts";
import { type NameOf, repositoryNames } from "../../history/repository-names.ts";
import { revisionDocument } from "../../history/revision-document.ts";
import type { Region } from "../../history/three-way.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import { type Override, type OverrideState, overrideStates } from "../../workspace/override.ts";
import type { FileVersion } from "../../workspace/revision.ts";
import { type Scope, scopeSlug } from "../../workspace/scope.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, revision, text, version } from "../document-shapes.ts";
import { readPath } from "../history-arguments.ts";
import { type CliIo, printJson, type Style, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { overrideLines, stateColors } from "../override-text.ts";
import { table } from "../table.ts";

interface Options {
  readonly json?: boolean;
}

interface Viewed {
  readonly override: Override;
  /** Only where a path was asked for; `undefined` where nothing is below. */
  readonly regions?: readonly Region[] | undefined;
}

const span = z.strictObject({ line: integer, lines: z.array(text) });

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    scope: text,
    revision: integer.nullable(),
    global: integer.nullable(),
    pinned: z.boolean(),
    overrides: z.array(
      z.strictObject({
        state: z.enum(overrideStates),
        yours: version,
        theirs: version.nullable(),
        base: version.nullable(),
        basis: text,
        changes: z.array(version),
        newer: z.array(version).meta({ description: "beyond the pin" }),
        gone: revision.nullable(),
        regions: z
          .array(
            z.strictObject({
              kind: z.enum(["same", "yours", "theirs", "both", "conflict"]),
              base: span,
              theirs: span,
              yours: span,
            }),
          )
          .optional(),
      }),
    ),
  });

export function overridesCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("overrides")
    .summary("list an organisation's overrides and which of them are stale")
    .description(
      "Lists the files by which an organisation overrides global ones. One is stale where global changed since it was " +
        "last in step, redundant where it equals global's, and alone where global's is gone. With a path, shows what " +
        "global changed beside what the organisation has there. Nothing is ever merged by itself.",
    )
    .argument("<scope>", "an organisation's slug or id")
    .argument("[path]", "a file, a module without its extension, or a folder")
    .addOption(jsonOption(document, "print one JSON document; with a path, base, theirs and yours as data"))
    .addHelpText("after", "\nExample:\n  $ bifrost overrides acme\n  $ bifrost overrides acme shared/halopsa")
    .action((scopeName: string, path: string | undefined, options: Options) =>
      withDeployment(open, async ({ store }) => {
        const scope = await findScope(store, scopeName);
        const only = path === undefined ? undefined : readPath(path);
        const list = await listOverrides({ store }, grantOperator(scope), only);
        const viewed = list === undefined ? [] : await view({ store }, scope, list, only !== undefined);
        const nameOf = await repositoryNames(
          { store },
          viewed.flatMap(({ override }) => repositoriesOf(override)),
        );
        if (options.json) printJson(io, documentOf(scope, list, viewed, nameOf));
        else print(io, scope, list, viewed, only);
      }),
    );
}

async function view(
  edges: Pick<HistoryEdges, "store">,
  scope: Scope,
  { below, overrides }: OverrideList,
  withRegions: boolean,
): Promise<Viewed[]> {
  if (!withRegions) return overrides.map((override) => ({ override }));
  const viewed: Viewed[] = [];
  for (const override of overrides) {
    const regions = await viewOverride(edges, grantOperator(scope), below.granted, override);
    viewed.push({ override, regions });
  }
  return viewed;
}

function repositoriesOf({ yours, theirs, base, changes, newer, gone }: Override): (number | null)[] {
  const versions = [yours, theirs, base, ...changes, ...newer].filter((version) => version !== null);
  return [...versions.map(({ made }) => made.repositoryId), gone?.repositoryId ?? null];
}

function documentOf(scope: Scope, list: OverrideList | undefined, viewed: readonly Viewed[], nameOf: NameOf) {
  const version = ({ path, hash, made }: FileVersion) => ({ path, hash, ...revisionDocument(made, nameOf) });
  return {
    scope: scopeSlug(scope),
    revision: list?.revision ?? null,
    global: list?.below.revision ?? null,
    pinned: list?.below.granted.at !== undefined,
    overrides: viewed.map(({ override: { state, evidence, yours, theirs, base, changes, newer, gone }, regions }) => ({
      state,
      yours: version(yours),
      theirs: theirs && version(theirs),
      base: base && version(base),
      basis: evidence,
      changes: changes.map(version),
      newer: newer.map(version),
      gone: gone && revisionDocument(gone, nameOf),
      ...(regions && { regions }),
    })),
  };
}

function print(
  io: CliIo,
  scope: Scope,
  list: OverrideList | undefined,
  viewed: readonly Viewed[],
  only: string | undefined,
): void {
  const slug = scopeSlug(scope);
  const style = styleFor(io.stdout);
  if (list === undefined) {
    io.stdout.write("Global is the lowest layer: it overrides nothing\n");
    return;
  }
  if (viewed.length === 0) {
    io.stdout.write(only === undefined ? `${slug} overrides nothing\n` : `${slug} overrides nothing at ${only}\n`);
    return;
  }
  if (only === undefined) printList(io, viewed, style);
  else
    for (const { override, regions } of viewed)
      io.stdout.write(`${overrideLines(slug, override, regions, style).join("\n")}\n`);
  const byState = Map.groupBy(viewed, ({ override }) => override.state);
  const counts = [...byState].map(([state, some]) => `${some.length} ${state}`).join(", ");
  io.stderr.write(`${styleFor(io.stderr)("dim", `${count(viewed.length, "override")} of ${slug}: ${counts}`)}\n`);
}

const stateOrder: readonly OverrideState[] = ["stale", "alone", "redundant", "current"];

function printList(io: CliIo, viewed: readonly Viewed[], style: Style): void {
  const sorted = viewed.toSorted(
    (one, other) => stateOrder.indexOf(one.override.state) - stateOrder.indexOf(other.override.state),
  );
  const rows = sorted.map(({ override }) => [
    override.state,
    override.yours.path,
    override.theirs === null ? `- (was ${override.base?.path})` : override.theirs.path,
    override.base === null ? "never" : `revision ${override.base.made.number}`,
    sinceOf(override),
  ]);
  const [heading, ...lines] = table(["state", "override", "hides in global", "in step with", "since then"], rows).split(
    "\n",
  );
  io.stdout.write(`${heading}\n`);
  for (const [index, line] of lines.entries()) {
    const state = sorted[index]?.override.state;
    if (state === undefined) continue;
    io.stdout.write(`${style(stateColors[state], line.slice(0, state.length))}${line.slice(state.length)}\n`);
  }
}

function sinceOf({ theirs, changes, newer, gone }: Override): string {
  if (theirs === null && gone) return `gone since revision ${gone.number}`;
  const said: string[] = [];
  const last = changes.at(-1)?.made;
  if (last !== undefined) {
    const by = last.author === null ? "" : ` by ${last.author}`;
    said.push(`${count(changes.length, "change")}, the last in revision ${last.number}${by}`);
  }
  if (newer.length > 0) said.push(`${count(newer.length, "change")} beyond the pin`);
  if (theirs !== null && gone) said.push("gone beyond the pin");
  return said.length === 0 ? "-" : said.join("; ");
}
