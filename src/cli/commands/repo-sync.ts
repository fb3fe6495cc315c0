// `bifrost repo sync` and `bifrost repo rebind`: what an operator does about one repository.
import { Command } from "commander";
import { z } from "zod";
import { rebindAndSync, syncNow } from "../../acts/sync-now.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { repositoryStatuses, standingOf } from "../../workspace/standing.ts";
import { findRepository, findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { operatorName } from "../operator-name.ts";

const queued = () =>
  z.strictObject({
    ok: z.literal(true),
    repository: text,
    status: z.enum(repositoryStatuses),
    queued: z.literal(true),
  });

const rebound = () => z.strictObject({ ok: z.literal(true), repository: text, scope: text, queued: z.literal(true) });

export function repoSyncCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("sync")
    .description("bring what is stored to the head of a repository's default branch")
    .argument("<repository>", "OWNER/REPO")
    .addOption(jsonOption(queued))
    .addHelpText("after", "\nExample:\n  $ bifrost repo sync acme-inc/bifrost-modules")
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const { repository, queued } = await withDeployment(open, async (deployment) => {
        const repository = await findRepository(deployment.store, name);
        return { repository, queued: await syncNow(deployment, repository) };
      });
      const fullName = `${repository.owner}/${repository.name}`;
      const { status, message, remedy } = standingOf(repository, []);
      if (options.json) return printJson(io, { ok: true, repository: fullName, status, queued: true });
      if (queued === "look") {
        io.stdout.write(`${fullName} is out of reach, as far as is known: ${message}\n`);
        io.stdout.write(`GitHub is asked whether that still holds. Where it does not, ${fullName} is synced\n`);
      } else if (status === "rolled-back") {
        io.stdout.write(`${fullName} is looked at, and nothing of it is synced: ${message}\n`);
        if (remedy !== null) io.stdout.write(`  ${remedy}\n`);
      } else io.stdout.write(`A sync of ${fullName} is queued: its check run bifrost/sync will tell what came of it\n`);
    });
}

export function repoRebindCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("rebind")
    .description("bind a repository to another scope; what it brought to the former one keeps serving there")
    .argument("<repository>", "OWNER/REPO")
    .argument("<scope>", "an organisation's slug or id, or global")
    .addOption(jsonOption(rebound))
    .addHelpText("after", "\nExample:\n  $ bifrost repo rebind acme-inc/bifrost-modules globex")
    .action(async (name: string, scopeName: string, options: { readonly json?: boolean }) => {
      const { repository, scope } = await withDeployment(open, async (deployment) => {
        const repository = await findRepository(deployment.store, name);
        const scope = await findScope(deployment.store, scopeName);
        await rebindAndSync(deployment, repository, grantOperator(scope), operatorName());
        return { repository, scope };
      });
      const { owner, name: bare } = repository;
      const slug = scopeSlug(scope);
      if (options.json) return printJson(io, { ok: true, repository: `${owner}/${bare}`, scope: slug, queued: true });
      io.stdout.write(`${owner}/${bare} is bound to ${slug}, and a sync of it is queued\n`);
      io.stdout.write(
        `It feeds ${slug} once its file asks for it and a grant allows it: bifrost grant ${slug} ${owner}/${bare}\n`,
      );
    });
}
