// `bifrost repo`: where every repository stands and what it waits for, and what an operator does about it.
import { Command } from "commander";
import type { Repository } from "../../workspace/repository.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson } from "../io.ts";
import { table } from "../table.ts";
import { repoRebindCommand, repoSyncCommand } from "./repo-sync.ts";

export function repoCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("repo")
    .description("see and steer the repositories that the app is installed on")
    .addCommand(listCommand(io, open))
    .addCommand(repoSyncCommand(io, open))
    .addCommand(repoRebindCommand(io, open))
    .addHelpText("after", "\nExample:\n  $ bifrost repo list");
}

function listCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("list")
    .description("list repositories with their scope, state and commit, and what is wrong with them")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  $ bifrost repo list")
    .action(async (options: { readonly json?: boolean }) => {
      const repositories = await withDeployment(open, ({ store }) => store.repositories());
      if (options.json) return printJson(io, { repositories: repositories.map(asJson) });
      if (repositories.length === 0) {
        io.stdout.write("The app is not installed on any repository yet\n");
        return;
      }
      io.stdout.write(table(["repository", "scope", "state", "commit", "revision"], repositories.map(row)));
      for (const repository of repositories) io.stdout.write(trouble(repository));
    });
}

function row(repository: Repository): string[] {
  const { owner, name, scope, requestedScope, state, installationSuspended, syncedSha, lastSync } = repository;
  return [
    `${owner}/${name}`,
    scope ? scopeSlug(scope) : requestedScope ? `(${requestedScope})` : "-",
    installationSuspended ? `${state}, suspended` : state,
    syncedSha?.slice(0, 7) ?? "-",
    lastSync?.revision?.toString() ?? "-",
  ];
}

function trouble({ owner, name, lastSync }: Repository): string {
  const lines = (lastSync?.diagnostics ?? []).flatMap(({ message, remedy }) => [
    `  ${message}`,
    ...(remedy === undefined ? [] : [`    ${remedy}`]),
  ]);
  return lines.length === 0 ? "" : `\n${owner}/${name}\n${lines.join("\n")}\n`;
}

function asJson(repository: Repository): object {
  const { id, owner, name, defaultBranch, state, scope, requestedScope, syncedSha, syncedAt, lastSync } = repository;
  return {
    id,
    repository: `${owner}/${name}`,
    defaultBranch,
    state,
    suspended: repository.installationSuspended,
    scope: scope ? scopeSlug(scope) : null,
    requestedScope,
    syncedCommit: syncedSha,
    syncedAt,
    revision: lastSync?.revision ?? null,
    lastSync,
  };
}
