// `bifrost grant`, `bifrost revoke` and `bifrost refuse`: the operator's half of a binding.
import { Command } from "commander";
import { z } from "zod";
import { grantScope, revokeScope } from "../../acts/grant-scope.ts";
import { refuseRequest } from "../../acts/refuse-request.ts";
import { Fault } from "../../errors.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { findRepository, findScope, findTarget, type OpenDeployment, withDeployment } from "../deployment.ts";
import { text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { operatorName } from "../operator-name.ts";

const targetHelp = "OWNER/REPO, or OWNER/* for a whole account";

const granted = () =>
  z.strictObject({
    ok: z.literal(true),
    scope: text,
    target: text,
    isNew: z.boolean(),
    queued: z.array(text).meta({ description: "repositories that are synced for it" }),
  });

const revoked = () => z.strictObject({ ok: z.boolean(), scope: text, target: text });

const refused = () => z.strictObject({ ok: z.literal(true), scope: text, repository: text });

export function grantCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("grant")
    .description("allow a repository or an account to feed a scope")
    .argument("<scope>", "an organisation's slug or id, or global")
    .argument("<repository>", targetHelp)
    .addOption(jsonOption(granted))
    .addHelpText(
      "after",
      "\nExample:\n  $ bifrost grant acme acme-inc/bifrost-modules\n  $ bifrost grant acme 'acme-inc/*'",
    )
    .action(async (scopeName: string, targetName: string, options: { readonly json?: boolean }) => {
      const { scope, isNew, queued } = await withDeployment(open, async (deployment) => {
        const scope = await findScope(deployment.store, scopeName);
        const target = await findTarget(deployment.store, targetName);
        return { scope, ...(await grantScope(deployment, grantOperator(scope), target, operatorName())) };
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
    .addOption(jsonOption(revoked))
    .addHelpText("after", "\nExample:\n  $ bifrost revoke acme acme-inc/bifrost-modules")
    .action(async (scopeName: string, targetName: string, options: { readonly json?: boolean }) => {
      const { scope, wasGranted } = await withDeployment(open, async (deployment) => {
        const scope = await findScope(deployment.store, scopeName);
        const target = await findTarget(deployment.store, targetName);
        return { scope, wasGranted: await revokeScope(deployment, grantOperator(scope), target, operatorName()) };
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

export function refuseCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("refuse")
    .summary("refuse a scope to a repository that asks for it")
    .description(
      "Says no to a repository whose file asks for a scope, and has its check run say so. A file that changes asks anew, and a " +
        "grant ends the refusal.",
    )
    .argument("<scope>", "an organisation's slug or id, or global")
    .argument("<repository>", "OWNER/REPO")
    .addOption(jsonOption(refused))
    .addHelpText("after", "\nExample:\n  $ bifrost refuse acme strangers/modules")
    .action(async (scopeName: string, name: string, options: { readonly json?: boolean }) => {
      const { scope, repository } = await withDeployment(open, async (deployment) => {
        const scope = await findScope(deployment.store, scopeName);
        const repository = await findRepository(deployment.store, name);
        if (!(await refuseRequest(deployment, grantOperator(scope), repository.id, operatorName()))) {
          const message = `${repository.owner}/${repository.name} does not wait for ${scopeSlug(scope)}: it is ${repository.state}`;
          throw new Fault("nothing-requested", message);
        }
        return { scope, repository };
      });
      const fullName = `${repository.owner}/${repository.name}`;
      if (options.json) return printJson(io, { ok: true, scope: scopeSlug(scope), repository: fullName });
      io.stdout.write(`Refused ${scopeSlug(scope)} to ${fullName}: its check run says so\n`);
    });
}
