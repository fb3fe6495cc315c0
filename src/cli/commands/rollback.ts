// `bifrost rollback`: a scope is made equal to a past revision, at once and for everyone, and stays there until released.
import { Command } from "commander";
import { z } from "zod";
import { releaseScope, rollBackScope } from "../../acts/roll-back.ts";
import { Fault } from "../../errors.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import { releaseCommand, rollbackWords } from "../../workspace/rollback.ts";
import { type Scope, sameScope, scopeSlug } from "../../workspace/scope.ts";
import { type Deployment, findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, moment, text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { operatorName } from "../operator-name.ts";

interface Options {
  readonly release?: boolean;
  readonly json?: boolean;
}

/** What is printed with `--json`. */
const document = () =>
  z.union([
    z.strictObject({
      ok: z.literal(true),
      scope: text,
      revision: integer,
      target: integer,
      upserts: z.array(text),
      deletes: z.array(text),
      held: z.array(text),
    }),
    z.strictObject({ ok: z.literal(true), scope: text, revision: integer.nullable(), queued: z.array(text) }),
    z.strictObject({
      scope: text,
      rolledBack: z.boolean(),
      target: integer.nullable(),
      revision: integer.nullable(),
      by: text.nullable(),
      since: moment.nullable(),
    }),
  ]);

export function rollbackCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("rollback")
    .summary("make a scope equal to a past revision, and hold it there until it is released")
    .description(
      "Makes a new revision that equals a past one. Until it is released, nothing that is pushed to the repositories of the " +
        "scope is synced; released, they are brought to their heads.",
    )
    .argument("<scope>", "an organisation's slug or id, or global")
    .argument("[revision]", "the revision to be equal to; without one, says how the scope stands")
    .option("--release", "end the rollback: the scope follows its repositories again")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost rollback acme 41\n  $ bifrost rollback acme --release")
    .action(async (scopeName: string, revisionText: string | undefined, options: Options) => {
      const target = readRevision(revisionText);
      if (target !== undefined && options.release) {
        throw new Fault("wrong-use", "A rollback is either made, to a revision, or released");
      }
      await withDeployment(open, async (deployment) => {
        const scope = await findScope(deployment.store, scopeName);
        if (target !== undefined) await rollBack(io, deployment, scope, target, options);
        else if (options.release) await release(io, deployment, scope, options);
        else await show(io, deployment, scope, options);
      });
    });
}

function readRevision(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Fault("wrong-use", `"${text}" is no revision: give a number from 1`);
  return Number(text);
}

async function rollBack(io: CliIo, deployment: Deployment, scope: Scope, target: number, { json }: Options) {
  const outcome = await rollBackScope(deployment, grantOperator(scope), target, operatorName());
  const { revision, upserts, deletes, followers } = outcome;
  const slug = scopeSlug(scope);
  if (json) return printJson(io, { ok: true, scope: slug, revision, target, upserts, deletes, held: followers });
  io.stdout.write(
    `${slug} is at revision ${revision}, which equals revision ${target}: ${count(upserts.length, "file")} brought back, ${deletes.length} deleted\n`,
  );
  for (const name of followers)
    io.stdout.write(`Nothing that is pushed to ${name} is synced until you run: ${releaseCommand(scope)}\n`);
}

async function release(io: CliIo, deployment: Deployment, scope: Scope, { json }: Options) {
  const { revision, followers } = await releaseScope(deployment, grantOperator(scope), operatorName());
  const slug = scopeSlug(scope);
  if (json) return printJson(io, { ok: true, scope: slug, revision, queued: followers });
  io.stdout.write(`${slug} follows its repositories again\n`);
  for (const name of followers) io.stdout.write(`A sync of ${name} is queued\n`);
}

async function show(io: CliIo, { store }: Deployment, scope: Scope, { json }: Options) {
  const rollback = (await store.rollbacks()).find((held) => sameScope(held.scope, scope));
  const slug = scopeSlug(scope);
  if (json) {
    const { target, revision, by, since } = rollback ?? { target: null, revision: null, by: null, since: null };
    return printJson(io, { scope: slug, rolledBack: rollback !== undefined, target, revision, by, since });
  }
  if (rollback === undefined) io.stdout.write(`${slug} is not rolled back: it follows its repositories\n`);
  else io.stdout.write(`${rollbackWords(rollback)}\nTo release it: ${releaseCommand(scope)}\n`);
}
