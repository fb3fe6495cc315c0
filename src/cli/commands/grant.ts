// `bifrost grant` and `bifrost revoke`: the operator's half of a binding.
import { Command } from "commander";
import { checkJobFor } from "../../workspace/check.ts";
import type { Grant } from "../../workspace/grant.ts";
import type { Repository } from "../../workspace/repository.ts";
import { type Scope, scopeSlug } from "../../workspace/scope.ts";
import { findScope, findTarget, type GrantTarget, type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson } from "../io.ts";
import { operatorName } from "../operator-name.ts";

const targetHelp = "OWNER/REPO, or OWNER/* for a whole account";

export function grantCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("grant")
    .description("allow a repository or an account to feed a scope")
    .argument("<scope>", "an organisation's slug or id, or global")
    .argument("<repository>", targetHelp)
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  $ bifrost grant acme acme-inc/bifrost-modules\n  $ bifrost grant acme 'acme-inc/*'",
    )
    .action(async (scopeName: string, targetName: string, options: { readonly json?: boolean }) => {
      const { scope, isNew, queued } = await withDeployment(open, async ({ store, jobs }) => {
        const scope = await findScope(store, scopeName);
        const target = await findTarget(store, targetName);
        const waiting = repositoriesOf(target).filter(({ state }) => state !== "bound" && state !== "detached");
        return store.transaction(async (transaction) => {
          const isNew = await transaction.addGrant(grantOf(scope, target), operatorName());
          // Whoever waited for this grant must not have to push again.
          for (const { id } of waiting) await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
          for (const { id } of repositoriesOf(target)) {
            for (const check of await transaction.waitingChecks(id)) {
              await jobs.enqueue(checkJobFor(check, true), transaction.sql);
            }
          }
          return { scope, isNew, queued: waiting.map(fullName) };
        });
      });
      if (options.json) return printJson(io, { ok: true, scope: scopeSlug(scope), target: targetName, isNew, queued });
      const done = isNew ? "Granted" : "It was already granted:";
      io.stdout.write(`${done} ${scopeSlug(scope)} to ${targetName}\n`);
      for (const name of queued) io.stdout.write(`A sync of ${name} is queued\n`);
    });
}

export function revokeCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("revoke")
    .description("take a grant back: what is stored keeps serving, and nothing new is synced")
    .argument("<scope>", "an organisation's slug or id, or global")
    .argument("<repository>", targetHelp)
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  $ bifrost revoke acme acme-inc/bifrost-modules")
    .action(async (scopeName: string, targetName: string, options: { readonly json?: boolean }) => {
      const { scope, wasGranted } = await withDeployment(open, async ({ store, jobs }) => {
        const scope = await findScope(store, scopeName);
        const target = await findTarget(store, targetName);
        return store.transaction(async (transaction) => {
          const wasGranted = await transaction.removeGrant(grantOf(scope, target), operatorName());
          // A sync finds that the grant is gone, and says so where people look.
          const bound = repositoriesOf(target).filter(({ state }) => state === "bound");
          for (const { id } of bound) await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
          return { scope, wasGranted };
        });
      });
      if (!wasGranted) io.exitCode = 1;
      if (options.json) return printJson(io, { ok: wasGranted, scope: scopeSlug(scope), target: targetName });
      io.stdout.write(
        wasGranted
          ? `Revoked ${scopeSlug(scope)} from ${targetName}: what is stored keeps serving\n`
          : `${scopeSlug(scope)} was not granted to ${targetName}; a grant of the whole account is revoked as OWNER/*\n`,
      );
    });
}

function grantOf(scope: Scope, target: GrantTarget): Grant {
  return target.kind === "account"
    ? { scope, kind: "account", accountId: target.accountId }
    : { scope, kind: "repository", repositoryId: target.repository.id };
}

function repositoriesOf(target: GrantTarget): readonly Repository[] {
  return target.kind === "account" ? target.repositories : [target.repository];
}

function fullName({ owner, name }: Repository): string {
  return `${owner}/${name}`;
}
