// `bifrost grants`: who may feed which scope, since when and by whose leave.
import { Command } from "commander";
import { z } from "zod";
import { actorName } from "../../workspace/audit.ts";
import type { ListedGrant } from "../../workspace/grant.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, moment, text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { timeText } from "../revision-text.ts";
import { table } from "../table.ts";

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    grants: z.array(
      z.strictObject({
        scope: text,
        kind: z.enum(["repository", "account"]),
        id: integer,
        target: text.nullable(),
        by: text,
        at: moment,
      }),
    ),
  });

export function grantsCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("grants")
    .description("list who may feed which scope, since when and by whose leave")
    .argument("[scope]", "an organisation's slug or id, or global (default: all of them)")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost grants acme")
    .action(async (name: string | undefined, options: { readonly json?: boolean }) => {
      const grants = await withDeployment(open, async ({ store }) =>
        store.grantList(name === undefined ? null : await findScope(store, name)),
      );
      if (options.json) return printJson(io, { grants: grants.map(documentOf) });
      if (grants.length === 0) {
        const scope = name === undefined ? "Nothing" : `${name}: nothing`;
        io.stdout.write(`${scope} is granted yet: allow a repository with "bifrost grant SCOPE OWNER/REPO"\n`);
        return;
      }
      io.stdout.write(table(["scope", "granted to", "by", "since"], grants.map(row)));
    });
}

function row({ grant, target, by, at }: ListedGrant): string[] {
  return [scopeSlug(grant.scope), target ?? unnamed(grant), actorName(by), timeText(at)];
}

function unnamed(grant: ListedGrant["grant"]): string {
  return grant.kind === "repository" ? `repository ${grant.repositoryId}` : `account ${grant.accountId}`;
}

function documentOf({ grant, target, by, at }: ListedGrant) {
  const { kind } = grant;
  const id = kind === "repository" ? grant.repositoryId : grant.accountId;
  return { scope: scopeSlug(grant.scope), kind, id, target, by, at };
}
