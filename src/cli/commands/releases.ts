// `bifrost releases`: which tag names which revision of global.
import { Command } from "commander";
import { z } from "zod";
import { type Release, type ReleaseState, releaseState } from "../../workspace/release.ts";
import { type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, moment, text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

interface Options {
  readonly read?: boolean;
  readonly json?: boolean;
}

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    releases: z.array(
      z.strictObject({
        name: text,
        repositoryId: integer,
        repository: text,
        commit: text,
        revision: integer.nullable(),
        dropped: z.boolean(),
        gone: z.boolean(),
        namedAt: moment,
        state: z.enum(["named", "deleted", "dropped", "waiting", "unnamed"]),
      }),
    ),
    queued: z.array(text),
  });

export function releasesCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("releases")
    .description("list the releases that an organisation can be pinned to: tags of the repositories that feed global")
    .option("--read", "have the tags read again, such as after more than three were pushed at once")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost releases")
    .action(async ({ read, json }: Options) => {
      const { listed, queued } = await withDeployment(open, async ({ store, jobs }) => {
        const repositories = new Map((await store.repositories()).map((repository) => [repository.id, repository]));
        const feeding = [...repositories.values()].filter(
          ({ scope, state }) => scope?.kind === "global" && state !== "detached",
        );
        if (read) for (const { id } of feeding) await jobs.enqueue({ kind: "releases", repositoryId: id });
        const queued = read ? feeding.map(({ owner, name }) => `${owner}/${name}`) : [];
        const listed = (await store.releases()).map((release) => ({
          ...release,
          state: releaseState(release, repositories.get(release.repositoryId)),
        }));
        return { listed, queued };
      });
      if (json) return printJson(io, { releases: listed, queued });
      for (const name of queued) io.stderr.write(`The tags of ${name} are going to be read\n`);
      if (listed.length === 0) {
        io.stdout.write("There is no release yet: push a tag to a repository that feeds global\n");
        return;
      }
      const columns = ["release", "revision", "commit", "repository", "named", "state"];
      io.stdout.write(printable(table(columns, listed.map(row))));
      const unnamed = listed.filter(({ state }) => state === "unnamed").map(({ name }) => name);
      if (unnamed.length > 0) {
        const names = unnamed.length === 1 ? `${unnamed[0]} names` : `${unnamed.join(", ")} name`;
        io.stdout.write(
          printable(
            `\n${names} no revision: the commit was never synced as a head, so nobody can be pinned to it.\n` +
              '  to do: tag a commit that was synced, which "bifrost log global" lists\n',
          ),
        );
      }
    });
}

type Listed = Release & { readonly state: ReleaseState };

const stateTexts: Record<ReleaseState, string> = {
  named: "-",
  deleted: "tag deleted",
  dropped: "its revision is not kept any more",
  waiting: "waits for the sync of its commit",
  unnamed: "names no revision",
};

function row({ name, revision, commit, repository, namedAt, state }: Listed): string[] {
  return [
    name,
    revision?.toString() ?? "-",
    commit.slice(0, 7),
    repository,
    namedAt.toISOString().slice(0, 10),
    stateTexts[state],
  ];
}
