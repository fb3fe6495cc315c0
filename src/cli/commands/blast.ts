// `bifrost blast`: which organisations a pull request to global would break, and where. For operators: the check run
// itself names none of them.
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "../../errors.ts";
import type { RecordedBlast } from "../../store/store.ts";
import { type AffectedOrganization, type BrokenWorkflow, blastStatuses } from "../../workspace/blast.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import { globalScope } from "../../workspace/scope.ts";
import { findRepository, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, moment, text } from "../document-shapes.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

const layer = z.enum(["own", "global"]);

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    repository: text,
    pull: integer,
    commit: text,
    at: moment,
    organizations: integer,
    pinned: integer.meta({ description: "organisations that no change of global reaches" }),
    affected: z.array(
      z.strictObject({
        id: text,
        slug: text,
        revision: integer,
        effect: z.strictObject({
          status: z.enum(blastStatuses),
          affected: integer.meta({ description: "workflows that would load other files" }),
          run: integer,
          broken: z.array(
            z.strictObject({
              layer,
              path: text,
              code: text,
              at: z
                .strictObject({ layer, path: text, line: integer.nullable(), column: integer.nullable() })
                .nullable(),
            }),
          ),
          causes: z.array(
            z.strictObject({
              code: text,
              how: z.enum(["imported", "here", "loaded"]),
              path: text.nullable(),
              line: integer.nullable(),
              name: text.nullable(),
            }),
          ),
        }),
      }),
    ),
  });

export function blastCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("blast")
    .description("show which organisations a pull request to global would break, as its last check found")
    .argument("<repository>", "OWNER/REPO")
    .argument("<number>", "the pull request's number")
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost blast platform/bifrost-modules 12")
    .action(async (name: string, text: string, options: { readonly json?: boolean }) => {
      const number = Number(text);
      if (!/^\d{1,15}$/.test(text)) throw new Fault("wrong-use", `"${text}" is not a pull request's number`);
      const recorded = await withDeployment(open, async ({ store }) => {
        const { id } = await findRepository(store, name);
        return store.blast(grantOperator(globalScope), id, { kind: "pull", number });
      });
      if (recorded === undefined) {
        throw new Fault("not-found", `No check of ${name}#${number} has worked out a blast radius`, {
          remedy: "Only pull requests that change global have one: see the check run bifrost, and re-run it",
        });
      }
      if (options.json) printJson(io, documentOf(name, number, recorded));
      else print(io, recorded);
    });
}

function documentOf(repository: string, pull: number, { headSha, at, radius }: RecordedBlast): object {
  return { repository, pull, commit: headSha, at, ...radius };
}

function print({ stdout }: CliIo, { headSha, at, radius }: RecordedBlast): void {
  const { affected, organizations, pinned } = radius;
  const style = styleFor(stdout);
  const pins = pinned === 0 ? "" : `, ${pinned} pinned`;
  stdout.write(
    `${affected.length} of ${count(organizations, "organisation")} affected${pins}, by ${headSha.slice(0, 7)} as checked at ${at.toISOString()}\n`,
  );
  if (affected.length === 0) return;
  const rows = affected.map(({ slug, effect }) => [slug, effect.status, `${effect.affected}`, `${effect.run}`]);
  stdout.write(`\n${table(["organisation", "status", "affected", "run"], rows)}`);
  for (const organization of affected.filter(({ effect }) => effect.broken.length > 0)) {
    stdout.write(`\n${style("bold", printable(organization.slug))}\n`);
    for (const workflow of organization.effect.broken)
      stdout.write(`  ${printable(brokenLine(organization, workflow))}\n`);
  }
}

function brokenLine({ slug }: AffectedOrganization, { layer, path, code, at }: BrokenWorkflow): string {
  const name = (of: BrokenWorkflow["layer"]) => (of === "own" ? slug : "global");
  const whose = layer === "own" ? path : `${path} in global`;
  if (at === null) return `${whose}: ${code}`;
  const place = `${at.path}${at.line === null ? "" : `:${at.line}:${at.column ?? 1}`} of ${name(at.layer)}`;
  return `${whose}: ${code} at ${place}`;
}
