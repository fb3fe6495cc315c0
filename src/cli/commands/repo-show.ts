// `bifrost repo show`: where one repository stands, why, what to do about it, and what happens next by itself.
import { Command } from "commander";
import { z } from "zod";
import type { Served } from "../../store/store.ts";
import type { Repository } from "../../workspace/repository.ts";
import { repositoryDocument } from "../../workspace/repository-document.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { type Standing, standingOf } from "../../workspace/standing.ts";
import { type Fact, standingFacts } from "../../workspace/standing-facts.ts";
import { findRepository, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, repositoryKeys, text } from "../document-shapes.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    ...repositoryKeys,
    serves: z.array(z.strictObject({ scope: text, files: integer, pins: z.boolean(), returns: z.boolean() })),
  });

export function repoShowCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("show")
    .description("show where a repository stands, why, and what to do about it")
    .argument("<repository>", "OWNER/REPO")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost repo show acme-inc/bifrost-modules")
    .action(async (fullName: string, options: { readonly json?: boolean }) => {
      const shown = await withDeployment(open, async ({ store, jobs }) => {
        const repository = await findRepository(store, fullName);
        const syncs = await jobs.unfinished("sync", `${repository.id}`);
        return { repository, standing: standingOf(repository, syncs), served: await store.served(repository.id) };
      });
      const { repository, standing, served } = shown;
      if (options.json) {
        const serves = served.map(({ scope, ...brought }) => ({ scope: scopeSlug(scope), ...brought }));
        return printJson(io, { ...repositoryDocument(repository, standing), serves });
      }
      const style = styleFor(io.stdout);
      const { status, message, remedy } = standing;
      const color = status === "well" ? "green" : "yellow";
      // As the list calls it.
      const name = status === "well" ? repository.state : status;
      io.stdout.write(`${repository.owner}/${repository.name}  ${style([color, "bold"], name)}\n`);
      io.stdout.write(`  ${printable(message)}\n`);
      if (remedy !== null) io.stdout.write(`  ${style("dim", "to do:")} ${printable(remedy)}\n`);
      io.stdout.write("\n");
      const lines = details(repository, standing, served);
      const width = Math.max(...lines.map(([label]) => label.length));
      for (const [label, text] of lines) io.stdout.write(`${label.padEnd(width)}  ${printable(text)}\n`);
    });
}

/** The facts, and what the last sync found besides what the standing says already. */
function details(repository: Repository, standing: Standing, served: readonly Served[]): Fact[] {
  const findings = (repository.lastSync?.diagnostics ?? []).filter(({ message }) => message !== standing.message);
  return [
    ...standingFacts(repository, standing, served, new Date()),
    ...findings.flatMap(({ severity, message, remedy }): Fact[] => [
      [severity, message],
      ...(remedy === undefined ? [] : [["", remedy] as const]),
    ]),
  ];
}
