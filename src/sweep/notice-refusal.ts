// An answer that shuts the door is news: the app was suspended, taken off, or cannot reach a repository any more, and
// nobody told. It ends the job, and the installation is compared with what GitHub has, which decides what is true.
import { Fault, type FaultCode } from "../errors.ts";
import type { JobHandler, Jobs } from "../jobs/jobs.ts";
import type { Registry } from "../store/store.ts";
import type { CheckCommitJob, CheckJob, DiscoverJob, LinksJob, PressJob, SyncJob } from "../workspace/job.ts";

const doors: ReadonlySet<FaultCode> = new Set([
  "installation-suspended",
  "installation-removed",
  "repository-unreachable",
]);

/** Wraps the handler of a job about a repository or an installation. What the handler throws is thrown on. */
export function noticeRefusal<J extends SyncJob | CheckJob | CheckCommitJob | PressJob | LinksJob | DiscoverJob>(
  { store, jobs }: { readonly store: Pick<Registry, "repository">; readonly jobs: Pick<Jobs, "enqueue"> },
  handler: JobHandler<J>,
): JobHandler<J> {
  return async (job, signal) => {
    try {
      await handler(job, signal);
    } catch (error) {
      if (error instanceof Fault && doors.has(error.code)) {
        const installationId =
          job.kind === "discover" ? job.installationId : (await store.repository(job.repositoryId))?.installationId;
        if (installationId !== undefined) {
          await jobs.enqueue({ kind: "sweep", name: "difference", installationId });
        }
      }
      throw error;
    }
  };
}
