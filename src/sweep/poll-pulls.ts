// Open pull requests whose head nobody has answered: what was opened or pushed to while nobody was told. Asked for with
// the mark of the last answer, which costs nothing as long as nothing of them has changed.
import { Fault } from "../errors.ts";
import type { DuePulls } from "../store/sweep-records.ts";
import { eachAtOnce } from "./at-once.ts";
import type { SweepEdges } from "./sweep.ts";

type PollEdges = Pick<SweepEdges, "store" | "jobs" | "log"> & {
  readonly github: Pick<SweepEdges["github"], "openPullsSince">;
};

// Most of what a delivery failed to tell is delivered again sooner than that.
const intervalMs = 10 * 60_000;
// The next sweep comes a little early or late: a look that is due by then is taken now.
const slackMs = 30_000;
// Beside the 300 looks at heads: GitHub gives an installation 900 points a minute.
const perInstallationMax = 200;
// GitHub's limit is 100 requests at once, for everything that the app does.
const installationsAtOnce = 4;
const repositoriesAtOnce = 2;

/** Looks at the pull requests of every repository that is due, and queues a check of each head without an answer. */
export async function pollPulls(edges: PollEdges, signal: AbortSignal): Promise<void> {
  const due = await edges.store.duePulls(new Date(Date.now() - intervalMs + slackMs), perInstallationMax);
  const groups = Map.groupBy(due, ({ repository }) => repository.installationId);
  await eachAtOnce([...groups], installationsAtOnce, async ([installationId, repositories]) => {
    try {
      await eachAtOnce(repositories, repositoriesAtOnce, async (one) => {
        if (!signal.aborted) await pollRepository(edges, one);
      });
    } catch (error) {
      // Where GitHub does not answer for an installation, the rest of it is left to the next sweep.
      if (!(error instanceof Fault)) throw error;
      const details = { installationId, code: error.code, reason: error.message };
      edges.log.warn(details, "Pull requests were not all looked at");
    }
  });
}

async function pollRepository({ github, store, jobs }: PollEdges, { repository, etag }: DuePulls): Promise<void> {
  const polledAt = new Date();
  const answer = await lookAt(github, repository, etag);
  if (answer.kind === "unchanged") return store.savePullsLook(repository.id, etag, polledAt);
  for (const pullNumber of await store.unansweredPulls(repository.id, answer.pulls)) {
    await jobs.enqueue({ kind: "check", repositoryId: repository.id, pullNumber, force: false });
  }
  // After the jobs, so that what a process did not live to queue is seen again.
  await store.savePullsLook(repository.id, answer.etag, polledAt);
}

/** One repository that is blocked by itself does not keep the others from being looked at. */
async function lookAt(github: PollEdges["github"], repository: DuePulls["repository"], etag: string | null) {
  try {
    return await github.openPullsSince(repository, etag);
  } catch (error) {
    if (error instanceof Fault && error.code === "github-rejected") return { kind: "unchanged" } as const;
    throw error;
  }
}
