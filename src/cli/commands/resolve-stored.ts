// `bifrost resolve --org`: where an import of an organisation leads in what is stored, now or then, since when, and by whom.
import { type ExplainedFile, type Explanation, explain } from "../../history/explain.ts";
import { type NameOf, repositoryNames } from "../../history/repository-names.ts";
import { revisionDocument } from "../../history/revision-document.ts";
import { grantOperator } from "../../workspace/grant.ts";
import type { WorkspacePath } from "../../workspace/path.ts";
import { pinName } from "../../workspace/pin.ts";
import type { Moment } from "../../workspace/revision.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { triedLines } from "../diagnostic-text.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { canBeImported, resolutionDocument, resolutionLines } from "../resolution-text.ts";
import { revisionText, timeText } from "../revision-text.ts";

export interface StoredRequest {
  readonly specifier: string;
  readonly from: WorkspacePath | undefined;
  /** The scope as a person named it. */
  readonly org: string;
  readonly at: Moment | undefined;
  readonly json: boolean | undefined;
}

/** Explains an import by the deployment's store and prints the answer. */
export async function explainStored(io: CliIo, open: OpenDeployment, request: StoredRequest): Promise<void> {
  const { specifier, from, org, at: moment, json } = request;
  const { explanation, nameOf } = await withDeployment(open, async ({ store }) => {
    const granted = grantOperator(await findScope(store, org));
    const explanation = await explain({ store }, { granted, specifier, from, moment });
    return { explanation, nameOf: await repositoryNames({ store }, repositoriesOf(explanation)) };
  });
  const { resolution, tried } = explanation;
  const { layers, winner, hidden } = explanation;
  const asked = { resolution, layers, specifier, from };
  if (!canBeImported(asked)) io.exitCode = 1;
  if (json) return printJson(io, documentOf(explanation, resolutionDocument(asked, tried), nameOf));
  const style = styleFor(io.stdout);
  const answer = {
    ...asked,
    detailsOf: (file: ExplainedFile["file"]) => {
      const story = [winner, hidden].find((one) => one?.file === file);
      return story === undefined ? [] : detailsOf(story, nameOf);
    },
  };
  const lines = [...resolutionLines(answer, style), ...triedLines(tried, style), ...layerLines(explanation)];
  io.stdout.write(`${lines.join("\n")}\n`);
}

function repositoriesOf({ winner, hidden, revisions }: Explanation): (number | null)[] {
  const stories = [winner, hidden].flatMap((story) => (story ? [story.written, story.held, story.ended] : []));
  return [...stories, ...revisions.map(({ revision }) => revision)].map((revision) => revision?.repositoryId ?? null);
}

/** The contract's keys, and since when, by which commit and whom. */
function documentOf(
  { winner, hidden, revisions, pin }: Explanation,
  { overrides, ...answer }: ReturnType<typeof resolutionDocument>,
  nameOf: NameOf,
) {
  const story = (explained: ExplainedFile | undefined) =>
    explained && {
      written: revisionDocument(explained.written, nameOf),
      held: revisionDocument(explained.held, nameOf),
      ended: explained.ended && revisionDocument(explained.ended, nameOf),
    };
  return {
    ...answer,
    ...story(winner),
    overrides: overrides && { ...overrides, ...story(hidden) },
    layers: revisions.map(({ layer, number, revision }) => ({
      scope: scopeSlug(layer.scope),
      ...(revision === null ? { revision: number } : revisionDocument(revision, nameOf)),
    })),
    pin,
  };
}

function detailsOf({ written, held, ended }: ExplainedFile, nameOf: NameOf): (readonly [string, string])[] {
  const repository = nameOf(written.repositoryId);
  return [
    ["written in", `${revisionText(written)}${repository === null ? "" : `, from ${repository}`}`],
    ...(held.number === written.number ? [] : [["there since", revisionText(held)] as const]),
    ...(ended === null ? [] : [["until", revisionText(ended)] as const]),
  ];
}

function layerLines({ revisions, pin }: Explanation): string[] {
  return revisions.map(({ layer, number, revision }) => {
    const made = revision === null ? "" : `, made ${timeText(revision.createdAt)}`;
    const pinned = layer.scope.kind === "global" && pin !== null ? `, pinned to ${pinName(pin)}` : "";
    return `  ${scopeSlug(layer.scope)} at revision ${number}${made}${pinned}`;
  });
}
