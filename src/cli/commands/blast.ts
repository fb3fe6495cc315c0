// `bifrost blast`: which organisations a pull request to global would break, or a revision of global has broken, and where. For
// operators: check runs name none of them.
import { Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { storedCauses } from "../../check/radius.ts";
import { revisionRadius } from "../../check/stored-links.ts";
import { Fault } from "../../errors.ts";
import { repositoryNames } from "../../history/repository-names.ts";
import { createRecordCache } from "../../link/record-cache.ts";
import {
  type AffectedOrganization,
  type BlastRadius,
  type BrokenWorkflow,
  blastStatuses,
} from "../../workspace/blast.ts";
import type { Diagnostic } from "../../workspace/diagnostic.ts";
import { grantOperator } from "../../workspace/grant.ts";
import { count } from "../../workspace/markdown.ts";
import { globalScope } from "../../workspace/scope.ts";
import { findRepository, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, moment, text } from "../document-shapes.ts";
import type { CliEdges } from "../edges.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

const layer = z.enum(["own", "global"]);

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    repository: text.nullable(),
    pull: integer.nullable().meta({ description: "null for a revision" }),
    revision: integer.nullable().meta({ description: "of global; null for a pull request" }),
    commit: text.nullable(),
    at: moment.meta({ description: "when it was worked out" }),
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

type BlastEdges = Pick<CliEdges, "openDeployment" | "openParser">;

/** What is printed of a blast radius, besides itself. */
interface Blast {
  readonly repository: string | null;
  readonly pull: number | null;
  readonly revision: number | null;
  readonly commit: string | null;
  readonly at: Date;
  readonly radius: BlastRadius;
}

interface BlastOptions {
  readonly revision?: number;
  readonly json?: boolean;
}

export function blastCommand(io: CliIo, { openDeployment, openParser }: BlastEdges): Command {
  return new Command("blast")
    .description("show which organisations a pull request to global would break, or a revision of global has broken")
    .argument("[repository]", "OWNER/REPO of a pull request; left out: the newest revision of global")
    .argument("[number]", "the pull request's number, as its last check found")
    .option("--revision <number>", "this revision of global, linked now against the one before it", readRevision)
    .addOption(jsonOption(document))
    .addHelpText(
      "after",
      "\nExample:\n  $ bifrost blast\n  $ bifrost blast --revision 41\n  $ bifrost blast platform/bifrost-modules 12",
    )
    .action(async (name: string | undefined, text: string | undefined, options: BlastOptions) => {
      if (name === undefined) {
        const { blast, causes } = await ofRevision(openDeployment, openParser, options.revision);
        if (options.json) printJson(io, documentOf(blast));
        else print(io, blast, causes);
        return;
      }
      if (text === undefined || options.revision !== undefined) {
        throw new Fault("wrong-use", "Name a pull request by OWNER/REPO and NUMBER, or a revision by --revision");
      }
      const blast = await ofPullRequest(openDeployment, name, text);
      if (options.json) printJson(io, documentOf(blast));
      else print(io, blast, []);
    });
}

function readRevision(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give the number of a revision of global.");
}

async function ofPullRequest(open: OpenDeployment, name: string, text: string): Promise<Blast> {
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
  const { headSha: commit, at, radius } = recorded;
  return { repository: name, pull: number, revision: null, commit, at, radius };
}

async function ofRevision(
  open: OpenDeployment,
  openParser: BlastEdges["openParser"],
  asked: number | undefined,
): Promise<{ readonly blast: Blast; readonly causes: readonly Diagnostic[] }> {
  const parser = await openParser();
  try {
    return await withDeployment(open, async ({ store }) => {
      const granted = grantOperator(globalScope);
      const [made] = await store.revisions(granted, 1, asked === undefined ? undefined : asked + 1);
      if (made === undefined) {
        throw new Fault("unknown-revision", "Nothing was ever synced to global", {
          remedy: 'Grant global to a repository with "bifrost grant global OWNER/REPO"',
        });
      }
      const records = createRecordCache({ parseMany: parser.parse });
      const radius = await revisionRadius({ store, records }, granted, asked ?? made.number);
      const nameOf = await repositoryNames({ store }, [made.repositoryId]);
      const { number: revision, commit } = made;
      const repository = nameOf(made.repositoryId);
      return {
        blast: { repository, pull: null, revision, commit, at: new Date(), radius },
        causes: storedCauses(radius),
      };
    });
  } finally {
    await parser.close();
  }
}

function documentOf({ radius, ...about }: Blast): object {
  return { ...about, ...radius };
}

function print({ stdout }: CliIo, { revision, commit, at, radius }: Blast, causes: readonly Diagnostic[]): void {
  const { affected, organizations, pinned } = radius;
  const style = styleFor(stdout);
  const pins = pinned === 0 ? "" : `, ${pinned} pinned`;
  const sha = commit?.slice(0, 7);
  const by =
    revision === null
      ? `${sha} as checked at ${at.toISOString()}`
      : `revision ${revision} of global${sha === undefined ? "" : ` (${sha})`}, by linking alone`;
  stdout.write(`${affected.length} of ${count(organizations, "organisation")} affected${pins}, by ${by}\n`);
  for (const { message, path, line } of causes) {
    const place = path === null ? "" : `${path}${line === null ? "" : `:${line}`}: `;
    stdout.write(`  ${printable(place + message)}\n`);
  }
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
