// Revisions of a scope, as JSON.
import { z } from "zod";
import { patchText } from "../../history/file-diff.ts";
import { revisionDocument } from "../../history/revision-document.ts";
import { revisionKinds } from "../../workspace/revision.ts";
import { changeOf, compareRevisions } from "../compare-revisions.ts";
import { apiQuery } from "../query.ts";
import { costly, type DashboardRoute, scopeData } from "../route.ts";
import { type TimelineEntry, timeline, timelineEntry } from "../timeline.ts";
import { listData, listOf, listQuery } from "./list.ts";
import { moment, path, sha } from "./moment.ts";

const revision = z
  .object({
    revision: z.number().int(),
    kind: z.enum(revisionKinds),
    at: moment,
    commit: sha.nullable(),
    author: z.string().nullable(),
    committedAt: moment.nullable(),
    repository: z.string().nullable().meta({ description: "owner/name; null where no repository brought it" }),
    upserts: z.number().int().meta({ description: "Files written" }),
    deletes: z.number().int(),
    pin: z
      .object({ revision: z.number().int(), release: z.string().nullable() })
      .nullable()
      .meta({ description: "Of global, from here on; null: it followed global" }),
    copyOf: z.number().int().nullable().meta({ description: "The revision that a rollback made this one equal to" }),
    droppedAt: moment.nullable().meta({ description: "When retention dropped its files" }),
    releases: z.array(z.string()),
    remarks: z.array(z.string()).meta({ description: "What it is beside its files, in words" }),
  })
  .meta({ id: "Revision" });

const changedFile = z
  .object({
    change: z.enum(["added", "changed", "renamed", "deleted"]),
    from: path.nullable(),
    to: path.nullable(),
  })
  .meta({ id: "ChangedFile" });

const comparison = z
  .object({
    from: z.number().int(),
    to: z.number().int(),
    files: listOf(
      changedFile.extend({
        added: z.number().int().meta({ description: "Lines" }),
        removed: z.number().int(),
        patch: z.string().meta({ description: "As git prints it" }),
      }),
    ),
  })
  .meta({ id: "Comparison" });

// The most that the number of a revision can be: Postgres' integer.
const revisionMax = 2_147_483_647;

const comparisonQuery = listQuery.extend({
  from: z.coerce.number().int().min(0).max(revisionMax).optional(),
  to: z.coerce.number().int().min(0).max(revisionMax).optional(),
});

export const revisionsApi: readonly DashboardRoute[] = [
  scopeData(
    "/api/v1/scopes/:scope/revisions",
    { summary: "The revisions of a scope, newest first", query: listQuery, answer: listOf(revision) },
    async ({ store }, { access: { granted }, url }) => {
      const { page, per_page: perPage } = apiQuery(listQuery, url);
      const [latest] = await store.revisions(granted, 1);
      const total = latest?.number ?? 0;
      const entries = await timeline({ store }, granted, perPage, total - (page - 1) * perPage + 1);
      return listData({ items: entries.map(documentOf), total, page, perPage }, url);
    },
  ),
  costly(
    scopeData(
      "/api/v1/scopes/:scope/revisions/:revision",
      {
        summary: "One revision, and the files that it changed",
        answer: revision.extend({ files: z.array(changedFile).nullable() }).meta({ id: "RevisionWithFiles" }),
      },
      async ({ store }, { access: { granted }, params }) => {
        const entry = await timelineEntry({ store }, granted, params.revision);
        if (entry === undefined) return undefined;
        const { number } = entry.revision;
        const before = number === 1 ? undefined : await store.revision(granted, number - 1);
        // What retention dropped can be compared with nothing.
        const isKnown = entry.revision.droppedAt === null && (before?.droppedAt ?? null) === null;
        const between = { from: number - 1, to: number };
        const difference = isKnown
          ? await compareRevisions({ store }, granted, between, { offset: 0, limit: 0 })
          : undefined;
        return { body: { ...documentOf(entry), files: difference?.files.map(fileDocument) ?? null } };
      },
    ),
  ),
  costly(
    scopeData(
      "/api/v1/scopes/:scope/compare",
      {
        summary: "What lies between two revisions, as patches; left out, the latest and the one before it",
        query: comparisonQuery,
        answer: comparison,
      },
      async ({ store }, { access: { granted }, url }) => {
        const { page, per_page: perPage, ...asked } = apiQuery(comparisonQuery, url);
        const to = asked.to ?? (await store.revisions(granted, 1))[0]?.number ?? 0;
        const from = asked.from ?? Math.max(0, to - 1);
        const portion = { offset: (page - 1) * perPage, limit: perPage };
        const { files, diffs } = await compareRevisions({ store }, granted, { from, to }, portion);
        const items = diffs.map(({ diff }) => {
          const { kind, added, removed } = diff;
          return { change: kind, from: diff.from, to: diff.to, added, removed, patch: patchText(diff) };
        });
        const list = { items, total: files.length, page, perPage };
        return { ...listData(list, url), body: { from, to, files: list } };
      },
    ),
  ),
];

function documentOf({ revision, repository, releases, remarks }: TimelineEntry) {
  return { ...revisionDocument(revision, () => repository), releases, remarks };
}

function fileDocument(file: Parameters<typeof changeOf>[0]) {
  const { kind, from, to } = changeOf(file);
  return { change: kind, from, to };
}
