// `bifrost repo sync` and `bifrost repo rebind`: what an operator does about one repository.
import { Command } from "commander";
import { grantOperator } from "../../workspace/grant.ts";
import type { Repository } from "../../workspace/repository.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { standingOf } from "../../workspace/standing.ts";
import { type Deployment, findRepository, findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson } from "../io.ts";
import { operatorName } from "../operator-name.ts";

export function repoSyncCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("sync")
    .description("bring what is stored to the head of a repository's default branch")
    .argument("<repository>", "OWNER/REPO")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  $ bifrost repo sync acme-inc/bifrost-modules")
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const repository = await withDeployment(open, async (deployment) => {
        const repository = await findRepository(deployment.store, name);
        if (isOutOfReach(repository)) await queueComparison(deployment, repository);
        else await queueSync(deployment, repository);
        return repository;
      });
      const fullName = `${repository.owner}/${repository.name}`;
      const { status, message } = standingOf(repository, []);
      if (options.json) return printJson(io, { ok: true, repository: fullName, status, queued: true });
      if (isOutOfReach(repository)) {
        io.stdout.write(`${fullName} is out of reach, as far as is known: ${message}\n`);
        io.stdout.write(`GitHub is asked whether that still holds. Where it does not, ${fullName} is synced\n`);
      } else io.stdout.write(`A sync of ${fullName} is queued: its check run bifrost/sync will tell what came of it\n`);
    });
}

/** Whether a sync would not even ask GitHub. */
function isOutOfReach({ state, installationSuspended }: Repository): boolean {
  return state === "detached" || installationSuspended;
}

/** Queues a look at what GitHub lets the app do by now, which syncs what has come back. */
async function queueComparison({ jobs }: Deployment, { state, installationId }: Repository): Promise<void> {
  const job = { kind: "sweep", name: "difference" } as const;
  // A repository comes back with another installation than the one that went.
  await jobs.enqueue(state === "detached" ? job : { ...job, installationId });
}

export function repoRebindCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("rebind")
    .description("bind a repository to another scope; what it brought to the former one keeps serving there")
    .argument("<repository>", "OWNER/REPO")
    .argument("<scope>", "an organisation's slug or id, or global")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  $ bifrost repo rebind acme-inc/bifrost-modules globex")
    .action(async (name: string, scopeName: string, options: { readonly json?: boolean }) => {
      const { repository, scope } = await withDeployment(open, async (deployment) => {
        const repository = await findRepository(deployment.store, name);
        const scope = await findScope(deployment.store, scopeName);
        await queueSync(deployment, repository, (registry) =>
          registry.rebindRepository(repository.id, grantOperator(scope), operatorName()),
        );
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

type Registry = Parameters<Parameters<Deployment["store"]["transaction"]>[0]>[0];

/** Queues a sync that reports anew, together with what is to change before it. */
async function queueSync(
  { store, jobs }: Deployment,
  { id }: Repository,
  before: (registry: Registry) => Promise<unknown> = async () => {},
): Promise<void> {
  await store.transaction(async (transaction) => {
    await before(transaction);
    await transaction.recordReported(id, null);
    await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
  });
}
