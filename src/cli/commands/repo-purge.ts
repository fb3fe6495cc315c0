// `bifrost repo purge`: an operator takes out of service what a repository brought. The history keeps it.
import { Command } from "commander";
import { z } from "zod";
import { grantOperator } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import { bindingStates } from "../../workspace/repository.ts";
import { scopeKey, scopeSlug } from "../../workspace/scope.ts";
import { findRepository, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { operatorName } from "../operator-name.ts";

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    ok: z.literal(true),
    repository: text,
    state: z.enum(bindingStates),
    purged: z.array(z.strictObject({ scope: text, files: integer, revision: integer })),
  });

export function repoPurgeCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("purge")
    .description("delete what a repository brought, from every scope that it ever fed; past revisions keep it")
    .argument("<repository>", "OWNER/REPO")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost repo purge acme-inc/bifrost-modules")
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const { repository, purged } = await withDeployment(open, async ({ store, jobs }) => {
        const repository = await findRepository(store, name);
        const purged: { scope: string; files: number; revision: number }[] = [];
        // One transaction a scope: two scopes' locks in one would wait in a circle with a sync of this repository.
        for (const { scope } of await store.served(repository.id)) {
          const { revision, deletes } = await store.transaction(async (transaction) => {
            const by = operatorName();
            // The caches are the running app's: whichever it has, it learns of this as durably as of a push.
            await jobs.enqueue({ kind: "refresh", scope: scopeKey(scope) }, transaction.sql);
            const purge = await transaction.purgeRepository(grantOperator(scope), repository.id, by);
            // Whoever was refused a path that is free now.
            for (const id of await transaction.conflicted(grantOperator(scope))) {
              if (id !== repository.id) await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
            }
            return purge;
          });
          purged.push({ scope: scopeSlug(scope), files: deletes.length, revision });
        }
        return { repository, purged };
      });
      const fullName = `${repository.owner}/${repository.name}`;
      if (options.json) return printJson(io, { ok: true, repository: fullName, state: repository.state, purged });
      if (purged.length === 0) io.stdout.write(`Nothing that ${fullName} brought is stored\n`);
      for (const { scope, files, revision } of purged) {
        io.stdout.write(`Deleted ${count(files, "file")} from ${scope}, which is at revision ${revision} now\n`);
      }
      if (repository.scope !== null && repository.state !== "detached") {
        const revoke = `bifrost revoke ${scopeSlug(repository.scope)} ${fullName}`;
        io.stdout.write(
          `The app is still installed on it: its next sync brings its files back, unless you run ${revoke}\n`,
        );
      }
    });
}
