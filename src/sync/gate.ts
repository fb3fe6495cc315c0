// The gate in front of a sync that asks for one: a commit is taken once its own check has passed. Its own, and not that of
// a pull request: a squash makes another commit, and what it is merged into may have moved since.
import type { Jobs } from "../jobs/jobs.ts";
import type { Registry } from "../store/store.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { Repository, SyncReport } from "../workspace/repository.ts";

export type GateVerdict =
  | { readonly kind: "open" }
  | {
      readonly kind: "closed";
      /** The check is still to come. */
      readonly isPending: boolean;
      readonly reason: Diagnostic;
    };

const commitSubject = { kind: "commit" } as const;

/** Whether a commit of a repository that asks for the gate may be synced. */
export async function askGate(
  { store }: { readonly store: Pick<Registry, "check"> },
  { id, syncedSha, lastSync }: Pick<Repository, "id" | "syncedSha" | "lastSync">,
  commit: string,
): Promise<GateVerdict> {
  // What is stored already serves already.
  if (commit === syncedSha) return { kind: "open" };
  const check = await store.check(id, commitSubject, commit);
  if (check?.conclusion === "success") return { kind: "open" };
  const serving = lastSync?.revision ? `revision ${lastSync.revision} keeps serving` : "nothing of it serves yet";
  const sha = commit.slice(0, 7);
  const base = { code: "gate-closed", severity: "error", scope: null, path: null, line: null, column: null } as const;
  if (isPending(check?.conclusion)) {
    const message = `Commit ${sha} is being checked before it is synced: ${serving}`;
    const remedy = "Wait: it is synced as soon as its check has passed";
    return { kind: "closed", isPending: true, reason: { ...base, message, remedy } };
  }
  const message = `Commit ${sha} is not synced, as its check "bifrost" did not pass: ${serving}`;
  const remedy = `Push what mends it; or, where that was mended elsewhere, press "Re-run" in the check run "bifrost" of that commit`;
  return { kind: "closed", isPending: false, reason: { ...base, message, remedy } };
}

/** Queues the check that a sync waits for. Part of the sync's job, whose retry finds that it still has to. */
export async function queueGateCheck(
  { store, jobs }: { readonly store: Pick<Registry, "check">; readonly jobs: Pick<Jobs, "enqueue"> },
  repositoryId: number,
  { state, commit }: Pick<SyncReport, "state" | "commit">,
): Promise<void> {
  if (state !== "gated") return;
  const check = await store.check(repositoryId, commitSubject, commit);
  if (isPending(check?.conclusion)) await jobs.enqueue({ kind: "check-commit", repositoryId, commit, force: false });
}

/** Queues the sync that waited for a check of a commit. Part of the check's job. */
export async function queueGatedSync(
  { store, jobs }: { readonly store: Pick<Registry, "repository">; readonly jobs: Pick<Jobs, "enqueue"> },
  repositoryId: number,
): Promise<void> {
  const repository = await store.repository(repositoryId);
  if (repository?.state === "gated") await jobs.enqueue({ kind: "sync", repositoryId });
}

/** One that was withdrawn is asked for again. */
function isPending(conclusion: string | null | undefined): boolean {
  return conclusion === undefined || conclusion === null || conclusion === "cancelled";
}
