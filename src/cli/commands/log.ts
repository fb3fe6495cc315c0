// `bifrost log`: the revisions of a scope, or everything that became of one of its files.
import { Command } from "commander";
import { z } from "zod";
import { fileLog } from "../../history/file-log.ts";
import { type NameOf, repositoryNames } from "../../history/repository-names.ts";
import { revisionDocument } from "../../history/revision-document.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import { type Revision, revisionRemarks } from "../../workspace/revision.ts";
import { type Rollback, releaseCommand, rollbackWords } from "../../workspace/rollback.ts";
import { type Scope, scopeSlug } from "../../workspace/scope.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, revision, revisionKeys, text } from "../document-shapes.ts";
import { readPath } from "../history-arguments.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { readCount } from "../options.ts";
import { printable } from "../printable.ts";
import { timeText } from "../revision-text.ts";
import { table } from "../table.ts";

interface Options {
  readonly limit: number;
  readonly json?: boolean;
}

/** What is printed with `--json`. */
const document = () =>
  z.union([
    z.strictObject({ scope: text, revisions: z.array(revision), more: z.boolean() }),
    z.strictObject({
      scope: text,
      path: text,
      versions: z.array(
        z.strictObject({
          change: z.enum(["added", "changed", "deleted"]),
          path: text,
          hash: text,
          sizeBytes: integer,
          ...revisionKeys,
        }),
      ),
      more: z.boolean(),
    }),
  ]);

export function logCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("log")
    .summary("list the revisions of a scope, or the versions of a file")
    .description("Lists the revisions of a scope, newest first, or every version that a file of it ever had.")
    .argument("<scope>", "an organisation's slug or id, or global")
    .argument("[path]", "a file, or a module without its extension for all files of that name")
    .option("--limit <count>", "how many to list at most", readCount, 30)
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost log acme\n  $ bifrost log global shared/halopsa")
    .action((scopeName: string, path: string | undefined, options: Options) =>
      withDeployment(open, async ({ store }) => {
        const scope = await findScope(store, scopeName);
        if (!options.json) sayRollback(io, await store.rollbackOf(grantOperator(scope)));
        if (path !== undefined) return logFile(io, { store }, scope, path, options);
        // One more than is shown says whether there are more.
        const revisions = await store.revisions(grantOperator(scope), options.limit + 1);
        const nameOf = await repositoryNames(
          { store },
          revisions.map(({ repositoryId }) => repositoryId),
        );
        printRevisions(io, scope, revisions, nameOf, options);
      }),
    );
}

/** Whoever looks for what was pushed is told why it is not there. */
function sayRollback(io: CliIo, rollback: Rollback | null): void {
  if (rollback === null) return;
  const words = `${rollbackWords(rollback)}. To release it: ${releaseCommand(rollback.scope)}`;
  io.stderr.write(`${styleFor(io.stderr)("yellow", printable(words))}\n`);
}

function printRevisions(
  io: CliIo,
  scope: Scope,
  revisions: readonly Revision[],
  nameOf: NameOf,
  { limit, json }: Options,
): void {
  const shown = revisions.slice(0, limit);
  if (json) {
    const documents = shown.map((revision) => revisionDocument(revision, nameOf));
    printJson(io, { scope: scopeSlug(scope), revisions: documents, more: revisions.length > limit });
    return;
  }
  if (shown.length === 0) {
    io.stdout.write(`Nothing was ever synced to ${scopeSlug(scope)}\n`);
    return;
  }
  const rows = shown.map((revision, index) => [
    `${revision.number}`,
    timeText(revision.createdAt),
    `+${revision.upserts} -${revision.deletes}`,
    revision.commit?.slice(0, 7) ?? "-",
    revision.author ?? "-",
    nameOf(revision.repositoryId) ?? "-",
    revisionRemarks(revision, revisions[index + 1]).join(", "),
  ]);
  io.stdout.write(table(["revision", "at", "files", "commit", "author", "repository", ""], rows));
  if (revisions.length > limit) io.stderr.write("There are older ones: --limit shows more\n");
}

async function logFile(
  io: CliIo,
  edges: Parameters<typeof fileLog>[0],
  scope: Scope,
  path: string,
  { limit, json }: Options,
): Promise<void> {
  const events = await fileLog(edges, grantOperator(scope), readPath(path));
  const shown = events.slice(0, limit);
  const nameOf = await repositoryNames(
    edges,
    shown.map(({ revision }) => revision.repositoryId),
  );
  // Asked for a file that never was: nothing to list, and most likely a slip.
  if (events.length === 0) io.exitCode = 1;
  if (json) {
    return printJson(io, {
      scope: scopeSlug(scope),
      path,
      versions: shown.map(({ kind, revision, version }) => ({
        change: kind,
        path: version.path,
        hash: version.hash,
        sizeBytes: version.sizeBytes,
        ...revisionDocument(revision, nameOf),
      })),
      more: events.length > limit,
    });
  }
  if (events.length === 0) {
    io.stderr.write(`${scopeSlug(scope)} never had a file ${JSON.stringify(path)}\n`);
    return;
  }
  const rows = shown.map(({ kind, revision, version }) => [
    `${revision.number}`,
    timeText(revision.createdAt),
    kind,
    version.path,
    version.hash.slice(0, 12),
    count(version.sizeBytes, "byte"),
    revision.commit?.slice(0, 7) ?? "-",
    revision.author ?? "-",
    nameOf(revision.repositoryId) ?? "-",
  ]);
  io.stdout.write(table(["revision", "at", "change", "path", "hash", "size", "commit", "author", "repository"], rows));
  if (events.length > limit) io.stderr.write("There are older ones: --limit shows more\n");
}
