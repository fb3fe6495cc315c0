// `bifrost releases`: which tag names which revision of global.
import { Command } from "commander";
import type { Release } from "../../workspace/release.ts";
import { type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson } from "../io.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

interface Options {
  readonly read?: boolean;
  readonly json?: boolean;
}

export function releasesCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("releases")
    .description("list the releases that an organisation can be pinned to: tags of the repositories that feed global")
    .option("--read", "have the tags read again, such as after more than three were pushed at once")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  $ bifrost releases")
    .action(async ({ read, json }: Options) => {
      const { releases, queued } = await withDeployment(open, async ({ store, jobs }) => {
        const feeding = (await store.repositories()).filter(
          ({ scope, state }) => scope?.kind === "global" && state !== "detached",
        );
        if (read) for (const { id } of feeding) await jobs.enqueue({ kind: "releases", repositoryId: id });
        const queued = read ? feeding.map(({ owner, name }) => `${owner}/${name}`) : [];
        return { releases: await store.releases(), queued };
      });
      if (json) return printJson(io, { releases, queued });
      for (const name of queued) io.stderr.write(`The tags of ${name} are going to be read\n`);
      if (releases.length === 0) {
        io.stdout.write("There is no release yet: push a tag to a repository that feeds global\n");
        return;
      }
      const columns = ["release", "revision", "commit", "repository", "named", "tag"];
      io.stdout.write(printable(table(columns, releases.map(row))));
      for (const { name, revision, commit } of releases) {
        if (revision !== null) continue;
        io.stdout.write(
          printable(`\n${name} names no revision: its commit ${commit.slice(0, 7)} was never synced as a head\n`),
        );
      }
    });
}

function row({ name, revision, commit, repository, namedAt, gone }: Release): string[] {
  return [
    name,
    revision?.toString() ?? "-",
    commit.slice(0, 7),
    repository,
    namedAt.toISOString().slice(0, 10),
    gone ? "deleted" : "-",
  ];
}
