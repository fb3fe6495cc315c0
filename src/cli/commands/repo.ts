// `bifrost repo`: where every repository stands and what it waits for, and what an operator does about it.
import { Command } from "commander";
import { z } from "zod";
import type { Repository } from "../../workspace/repository.ts";
import { repositoryDocument } from "../../workspace/repository-document.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { type Standing, standingOf } from "../../workspace/standing.ts";
import { type OpenDeployment, withDeployment } from "../deployment.ts";
import { repository } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";
import { repoApproveCommand } from "./repo-approve.ts";
import { repoPurgeCommand } from "./repo-purge.ts";
import { repoShowCommand } from "./repo-show.ts";
import { repoRebindCommand, repoSyncCommand } from "./repo-sync.ts";

/** What is printed with `--json`. */
const document = () => z.strictObject({ repositories: z.array(repository) });

export function repoCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("repo")
    .description("see and steer the repositories that the app is installed on")
    .addCommand(listCommand(io, open))
    .addCommand(repoShowCommand(io, open))
    .addCommand(repoSyncCommand(io, open))
    .addCommand(repoApproveCommand(io, open))
    .addCommand(repoRebindCommand(io, open))
    .addCommand(repoPurgeCommand(io, open))
    .addHelpText("after", "\nExample:\n  $ bifrost repo list");
}

interface Listed {
  readonly repository: Repository;
  readonly standing: Standing;
}

function listCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("list")
    .description("list repositories with their scope, state and commits, and what each of them waits for")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost repo list")
    .action(async (options: { readonly json?: boolean }) => {
      const listed = await withDeployment(open, async ({ store, jobs }): Promise<Listed[]> => {
        const syncs = Map.groupBy(await jobs.unfinished("sync"), ({ key }) => key);
        return (await store.repositories()).map((repository) => ({
          repository,
          standing: standingOf(repository, syncs.get(`${repository.id}`) ?? []),
        }));
      });
      if (options.json) {
        const repositories = listed.map(({ repository, standing }) => repositoryDocument(repository, standing));
        return printJson(io, { repositories });
      }
      if (listed.length === 0) {
        io.stdout.write("The app is not installed on any repository yet\n");
        return;
      }
      io.stdout.write(table(["repository", "scope", "state", "wanted", "synced", "revision"], listed.map(row)));
      for (const one of listed) io.stdout.write(printable(trouble(one)));
    });
}

function row({ repository, standing }: Listed): string[] {
  const { owner, name, scope, requestedScope, state, wantedSha, syncedSha, lastSync } = repository;
  const { status } = standing;
  return [
    `${owner}/${name}`,
    scope ? scopeSlug(scope) : requestedScope ? `(${requestedScope})` : "-",
    status === "well" || status === state ? state : `${state}, ${status}`,
    wantedSha?.slice(0, 7) ?? "-",
    syncedSha?.slice(0, 7) ?? "-",
    lastSync?.revision?.toString() ?? "-",
  ];
}

function trouble({ repository: { owner, name }, standing: { message, remedy, nextTryAt } }: Listed): string {
  if (remedy === null) return "";
  const next = nextTryAt !== null && nextTryAt > new Date() ? `    next try: ${nextTryAt.toISOString()}\n` : "";
  return `\n${owner}/${name}\n  ${message}\n    ${remedy}\n${next}`;
}
