// `bifrost repo approve`: an operator agrees to what one commit would delete.
import { Command } from "commander";
import { z } from "zod";
import { approveDeletes } from "../../acts/approve-deletes.ts";
import { Fault } from "../../errors.ts";
import { count } from "../../workspace/markdown.ts";
import type { Hold, Repository } from "../../workspace/repository.ts";
import { findRepository, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { operatorName } from "../operator-name.ts";

interface Options {
  readonly commit?: string;
  readonly json?: boolean;
}

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    ok: z.literal(true),
    repository: text,
    commit: text,
    deletes: integer,
    live: integer,
    queued: z.literal(true),
  });

export function repoApproveCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("approve")
    .description("agree to the deletes of the commit that is held, and sync it; a later commit is held anew")
    .argument("<repository>", "OWNER/REPO")
    .option("--commit <sha>", "agree only if this commit is the one that is held; 7 characters or more")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost repo approve acme-inc/bifrost-modules --commit 1f2e3d4c5b6a")
    .action(async (name: string, options: Options) => {
      const { repository, hold } = await withDeployment(open, async (deployment) => {
        const repository = await findRepository(deployment.store, name);
        const hold = heldBy(repository, options.commit);
        const held = { repositoryId: repository.id, commit: hold.commit };
        if (!(await approveDeletes(deployment, held, operatorName()))) {
          throw new Fault("nothing-held", `Commit ${hold.commit.slice(0, 12)} is not held any more`);
        }
        return { repository, hold };
      });
      const fullName = `${repository.owner}/${repository.name}`;
      const { commit, deletes, live } = hold;
      if (options.json) return printJson(io, { ok: true, repository: fullName, commit, deletes, live, queued: true });
      io.stdout.write(
        `Approved: commit ${commit.slice(0, 12)} of ${fullName} may delete ${deletes} of ${count(live, "file")}\n`,
      );
      io.stdout.write("A sync is queued: its check run bifrost/sync will tell what came of it\n");
    });
}

/** The hold that is to be approved. Throws `Fault` `nothing-held` where there is none, or that of another commit. */
function heldBy({ owner, name, state, hold }: Repository, commit: string | undefined): Hold {
  if (hold === null || state !== "held") {
    throw new Fault("nothing-held", `No sync of ${owner}/${name} is held: it is ${state}`);
  }
  if (commit !== undefined && !/^[0-9a-f]{7,40}$/i.test(commit)) {
    throw new Fault("wrong-use", `"${commit}" is not a commit: give 7 to 40 hexadecimal characters`);
  }
  if (commit !== undefined && !hold.commit.startsWith(commit.toLowerCase())) {
    const message = `Commit ${commit} of ${owner}/${name} is not the one that is held: that is ${hold.commit.slice(0, 12)}`;
    throw new Fault("nothing-held", message);
  }
  return hold;
}
