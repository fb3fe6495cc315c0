// After a sync: what of it does not link is told in a check run that takes the place of the sync's own on the same commit. By
// then the sync has long been served; nothing is taken back.
import type { GitHub } from "../github/github.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import { reportPath } from "../workspace/addresses.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { reportSubject } from "../workspace/full-report.ts";
import { grantOperator, type WritableScope } from "../workspace/grant.ts";
import type { LinksJob } from "../workspace/job.ts";
import type { SyncReport } from "../workspace/repository.ts";
import { scopeKey, scopeSlug } from "../workspace/scope.ts";
import { fullSyncReport, syncCheckRun } from "./sync-check-run.ts";
import { linksVerdict, type SyncedLinks } from "./sync-links.ts";

/** What linking found at a revision. */
export interface FoundLinks {
  readonly broken: readonly Diagnostic[];
  readonly brokenWorkflows: number;
  readonly known: readonly Diagnostic[];
  /** What it did to organisations, where it broke any: how many, in a sentence, and by which causes. */
  readonly radius:
    | { readonly broken: number; readonly sentence: string; readonly diagnostics: readonly Diagnostic[] }
    | undefined;
}

export interface LinksEdges {
  readonly github: Pick<GitHub, "createCheckRun">;
  readonly store: Pick<Store, "repository" | "filesOfRepository" | "saveReport">;
  readonly publicUrl?: string | undefined;
  /** Links what a scope holds and sees at one of its revisions, and at an earlier one what does not link. */
  readonly findLinks: (
    granted: WritableScope,
    revisions: { readonly revision: number; readonly since: number },
  ) => Promise<FoundLinks>;
}

/** Whether a sync changed anything that imports could lead to. */
function hasChanged({ state, counts, pin }: SyncReport): boolean {
  return state === "bound" && (counts.upserts + counts.deletes > 0 || pin !== undefined);
}

interface QueueLinksEdges {
  readonly store: Pick<Store, "repository">;
  readonly jobs: Pick<Jobs, "enqueueLater">;
  readonly delayMs: number;
}

/** Queues it where a sync has something to be looked at, after a while in which more may come. */
export async function queueLinks(
  { store, jobs, delayMs }: QueueLinksEdges,
  repositoryId: number,
  report: SyncReport,
): Promise<void> {
  const { scope, revision } = report;
  if (!hasChanged(report) || scope === null || revision === null) return;
  const repository = await store.repository(repositoryId);
  if (repository?.scope == null || scopeSlug(repository.scope) !== scope) return;
  const since = { scope: scopeKey(repository.scope), revision: revision - 1 };
  await jobs.enqueueLater({ kind: "links", repositoryId, since }, delayMs);
}

/**
 * Tells on the commit of a repository's last sync what does not link since the job's revision, if anything: more may have been
 * pushed than what the job was queued for. Gives what was found.
 */
export async function tellLinks(edges: LinksEdges, { repositoryId, since }: LinksJob): Promise<FoundLinks | undefined> {
  const { github, store, publicUrl } = edges;
  const repository = await store.repository(repositoryId);
  if (repository === undefined || repository.scope === null || repository.lastSync === null) return undefined;
  const { lastSync: report, scope } = repository;
  // Rebound meanwhile: its revisions are not those of the scope that it feeds since.
  if (report.scope !== scopeSlug(scope) || report.revision === null) return undefined;
  const from = since?.scope === scopeKey(scope) ? since.revision : hasChanged(report) ? report.revision - 1 : undefined;
  if (from === undefined || from >= report.revision) return undefined;
  const granted = grantOperator(scope);
  const found = await edges.findLinks(granted, { revision: report.revision, since: from });
  if (found.broken.length + found.known.length === 0 && found.radius === undefined) return found;
  const own = await store.filesOfRepository(granted, repositoryId);
  const links: SyncedLinks = { ...found, pathOf: (diagnostic) => ownPath(diagnostic, report, own) };
  const place = { repositoryId, subject: reportSubject({ kind: "sync" }), headSha: report.commit };
  // Made anew and not added to what is kept, so that a repeat says it once.
  await store.saveReport(place, scope, linksVerdict(fullSyncReport(repository, report), links));
  await github.createCheckRun(
    repository,
    syncCheckRun(repository, report, { detailsPath: reportPath(scope, place), publicUrl, links }),
  );
  return found;
}

/** Where a finding lies in the repository; null where none of its files has to do with it. */
function ownPath(
  { scope, path }: Diagnostic,
  { scope: fed, root = "" }: SyncReport,
  own: ReadonlyMap<string, unknown>,
): string | null {
  if (path === null || scope !== fed || !own.has(path)) return null;
  return root === "" ? path : `${root}/${path}`;
}
