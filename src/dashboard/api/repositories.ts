// The repositories of a scope and where they stand, as JSON: the document of `bifrost repo show --json`.
import { z } from "zod";
import { syncPhases } from "../../workspace/progress.ts";
import { bindingStates } from "../../workspace/repository.ts";
import { repositoryDocument } from "../../workspace/repository-document.ts";
import { repositoryStatuses } from "../../workspace/standing.ts";
import { repositoriesIn, repositoryIn, standingNow } from "../look-at-repository.ts";
import { type DashboardRoute, scopeData } from "../route.ts";
import { diagnostic, skippedFile } from "./diagnostic.ts";
import { moment, path, sha } from "./moment.ts";

const trouble = z
  .object({
    code: z.string(),
    message: z.string(),
    remedy: z.string(),
    at: moment,
    waitUntil: moment.nullable(),
  })
  .meta({ id: "Trouble" });

const report = z
  .object({
    commit: sha,
    state: z.enum(bindingStates),
    scope: z.string().nullable(),
    revision: z.number().int().nullable(),
    counts: z.object({
      upserts: z.number().int(),
      deletes: z.number().int(),
      skipped: z.number().int(),
      refused: z.number().int(),
    }),
    upserts: z.array(path),
    deletes: z.array(path),
    pin: z
      .object({
        from: z.number().int().nullable(),
        to: z.number().int().nullable(),
        release: z.string().nullable(),
      })
      .optional(),
    unchanged: z.number().int(),
    skipped: z.array(skippedFile),
    diagnostics: z.array(diagnostic),
  })
  .meta({ id: "SyncReport", description: "What a sync did, or why it did nothing; lists hold the first 100 each" });

const repository = z
  .object({
    id: z.number().int(),
    repository: z.string(),
    defaultBranch: z.string(),
    private: z.boolean(),
    archived: z.boolean(),
    suspended: z.boolean(),
    state: z.enum(bindingStates),
    status: z.enum(repositoryStatuses),
    message: z.string(),
    remedy: z.string().nullable(),
    scope: z.string().nullable(),
    requestedScope: z.string().nullable(),
    wantedCommit: sha.nullable(),
    syncedCommit: sha.nullable(),
    syncedAt: moment.nullable(),
    revision: z.number().int().nullable(),
    runningSince: moment.nullable(),
    nextTryAt: moment.nullable(),
    failedTries: z.number().int(),
    lastError: trouble.nullable(),
    lastCheckError: trouble.nullable(),
    hold: z
      .object({
        commit: sha,
        deletes: z.number().int(),
        live: z.number().int(),
        since: moment,
        examples: z.array(path),
        approvedBy: z.string().nullable(),
      })
      .nullable(),
    quota: z
      .object({ limit: z.number().int(), remaining: z.number().int(), resetAt: moment, seenAt: moment })
      .nullable(),
    lastSync: report.nullable(),
  })
  .meta({ id: "Repository" });

const progress = z
  .object({
    commit: sha,
    phase: z.enum(syncPhases),
    done: z.number().int().meta({ description: "Files whose contents are read" }),
    total: z.number().int(),
  })
  .meta({ id: "SyncProgress" });

export const repositoriesApi: readonly DashboardRoute[] = [
  scopeData(
    "/api/v1/scopes/:scope/repositories",
    {
      summary: "The repositories that feed a scope, and where each stands",
      answer: z.object({ items: z.array(repository) }),
    },
    async (edges, { access }) => {
      const found = await repositoriesIn(edges, access.granted);
      return { body: { items: found.map(({ repository, standing }) => repositoryDocument(repository, standing)) } };
    },
  ),
  scopeData(
    "/api/v1/scopes/:scope/repositories/:repository",
    {
      summary: "One repository, by its id on GitHub, and how far its sync has come while one runs",
      answer: repository.extend({ progress: progress.nullable() }).meta({ id: "RepositoryWithProgress" }),
    },
    async (edges, { access, params }) => {
      const repository = await repositoryIn(edges, access, params.repository);
      if (repository === undefined) return undefined;
      const { standing, progress } = await standingNow(edges, repository);
      return { body: { ...repositoryDocument(repository, standing), progress } };
    },
  ),
];
