// `bifrost org`: the organisations that have a layer of their own.
import { Command } from "commander";
import { Fault } from "../../errors.ts";
import { slugProblem } from "../../workspace/scope.ts";
import { type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson } from "../io.ts";
import { operatorName } from "../operator-name.ts";
import { table } from "../table.ts";

export function orgCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("org")
    .description("create and list organisations")
    .addCommand(createCommand(io, open))
    .addCommand(listCommand(io, open))
    .addHelpText("after", "\nExample:\n  $ bifrost org create acme --name 'Acme'");
}

function createCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("create")
    .description("create an organisation")
    .argument("<slug>", "its short name, as .github/bifrost.yml names it")
    .option("--name <name>", "its name for people (default: the slug)")
    .option("--json", "print one JSON document")
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

function listCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("list")
    .description("list organisations")
    .option("--json", "print one JSON document")
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
