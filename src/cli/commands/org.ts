// `bifrost org`: the organisations that have a layer of their own.
import { Command } from "commander";
import { z } from "zod";
import { renameOrganization } from "../../acts/rename-organization.ts";
import { Fault } from "../../errors.ts";
import { bindingPath } from "../../workspace/binding.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { slugProblem } from "../../workspace/scope.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { operatorName } from "../operator-name.ts";
import { table } from "../table.ts";

const organization = z.strictObject({ id: text, slug: text, name: text });

const created = () => z.strictObject({ ok: z.literal(true), organization });

const renamed = () =>
  z.strictObject({
    ok: z.literal(true),
    from: text,
    to: text,
    outdated: z.array(text).meta({ description: "repositories whose files name the former slug" }),
  });

const listed = () => z.strictObject({ organizations: z.array(organization) });

export function orgCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("org")
    .description("create, rename and list organisations")
    .addCommand(createCommand(io, open))
    .addCommand(renameCommand(io, open))
    .addCommand(listCommand(io, open))
    .addHelpText("after", "\nExample:\n  $ bifrost org create acme --name 'Acme'");
}

function createCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("create")
    .description("create an organisation")
    .argument("<slug>", "its short name, as .github/bifrost.yml names it")
    .option("--name <name>", "its name for people (default: the slug)")
    .addOption(jsonOption(created))
    .addHelpText("after", "\nExample:\n  $ bifrost org create acme --name 'Acme'")
    .action(async (slug: string, options: { readonly name?: string; readonly json?: boolean }) => {
      const problem = slugProblem(slug);
      if (problem !== undefined) throw new Fault("wrong-use", problem);
      const organization = await withDeployment(open, ({ store }) =>
        store.createOrganization(slug, options.name ?? slug, operatorName()),
      );
      if (options.json) printJson(io, { ok: true, organization });
      else io.stdout.write(`Created the organisation ${organization.slug} with the id ${organization.id}\n`);
    });
}

function renameCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("rename")
    .summary("give an organisation another slug")
    .description(
      "Gives an organisation another slug. Its files, grants, pins and history stay as they are, and executors notice " +
        "nothing: all of it goes by the id. Repositories whose files name the former slug are named, and nothing new of " +
        "theirs is synced until their files name the new one.",
    )
    .argument("<organisation>", "its present slug, or its id")
    .argument("<slug>", "the slug that it gets")
    .addOption(jsonOption(renamed))
    .addHelpText("after", "\nExample:\n  $ bifrost org rename acme acme-health")
    .action(async (name: string, slug: string, options: { readonly json?: boolean }) => {
      const problem = slugProblem(slug);
      if (problem !== undefined) throw new Fault("wrong-use", problem);
      const { from, to, outdated } = await withDeployment(open, async (deployment) => {
        const scope = await findScope(deployment.store, name);
        return renameOrganization(deployment, grantOperator(scope), slug, operatorName());
      });
      const repositories = outdated.map((repository) => `${repository.owner}/${repository.name}`);
      if (options.json) return printJson(io, { ok: true, from, to, outdated: repositories });
      if (from === to) {
        io.stdout.write(`Its slug is ${to} already\n`);
        return;
      }
      io.stdout.write(`Renamed ${from} to ${to}\n`);
      for (const repository of repositories) {
        io.stdout.write(
          `${repository} names ${from} in ${bindingPath}: what is stored keeps serving, and nothing new is synced until it says scope: ${to}\n`,
        );
      }
    });
}

function listCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("list")
    .description("list organisations")
    .addOption(jsonOption(listed))
    .addHelpText("after", "\nExample:\n  $ bifrost org list")
    .action(async (options: { readonly json?: boolean }) => {
      const organizations = await withDeployment(open, ({ store }) => store.organizations());
      if (options.json) printJson(io, { organizations });
      else if (organizations.length === 0) {
        io.stdout.write('There is no organisation yet: create one with "bifrost org create SLUG"\n');
      } else
        io.stdout.write(
          table(
            ["slug", "name", "id"],
            organizations.map(({ slug, name, id }) => [slug, name, id]),
          ),
        );
    });
}
