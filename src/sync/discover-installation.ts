// What an installation reaches, as GitHub has it now: repositories that came are recorded and synced, those that went are
// detached. Lists in payloads are never trusted to be complete.
import type { GitHub } from "../github/github.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { DiscoverJob } from "../workspace/job.ts";

/** Makes the list of an installation's repositories true and queues a sync of each. */
export async function discoverInstallation(
  { github, store, jobs }: { readonly github: GitHub; readonly store: Store; readonly jobs: Pick<Jobs, "enqueue"> },
  { installationId }: DiscoverJob,
): Promise<void> {
  const installation = (await github.installations()).find(({ id }) => id === installationId);
  if (installation === undefined) {
    await store.removeInstallation(installationId);
    return;
  }
  if (installation.suspended) {
    await store.saveInstallation(installation);
    return;
  }
  const reached = await github.installationRepositories(installationId);
  await store.transaction(async (transaction) => {
    await transaction.saveInstallation(installation);
    await transaction.saveRepositories(reached);
    const ids = new Set(reached.map(({ id }) => id));
    const gone = (await transaction.repositories()).filter(
      (repository) => repository.installationId === installationId && !ids.has(repository.id),
    );
    await transaction.detachRepositories(gone.map(({ id }) => id));
    // What could not be answered, for want of a permission or of the app, is looked for anew.
    await transaction.forgetPullsLooks(installationId);
    for (const { id, archived } of reached) {
      if (!archived) await jobs.enqueue({ kind: "sync", repositoryId: id }, transaction.sql);
    }
  });
}
