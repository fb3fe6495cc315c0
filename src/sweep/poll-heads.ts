// The head of every repository, asked for with the mark of the last answer: what a webhook did not tell is seen here.
import { Fault } from "../errors.ts";
import type { DueHead, HeadRecord } from "../store/sweep-records.ts";
import { eachAtOnce } from "./at-once.ts";
import type { SweepEdges } from "./sweep.ts";

type PollEdges = Pick<SweepEdges, "store" | "jobs" | "log"> & {
  readonly github: Pick<SweepEdges["github"], "headSince">;
};

const minuteMs = 60_000;
// The next sweep comes a little early or late: a look that is due by then is taken now.
const slackMs = minuteMs / 2;
const intervals = {
  relaxedMs: 10 * minuteMs - slackMs,
  unboundMs: 60 * minuteMs - slackMs,
  healthyMs: 60 * minuteMs,
  // A third of the 900 points that GitHub gives an installation a minute, so that the work itself has the rest.
  perInstallationMax: 300,
};
// GitHub's limit is 100 requests at once, for everything that the app does.
const installationsAtOnce = 8;
const headsAtOnce = 4;
// Rows that a sweep which dies has to find out again.
const saveEvery = 50;
// One repository may be blocked by itself; where several are refused, asking for the others is no use and may be held
// against the app.
const refusalsMax = 3;
// A head that no sync has brought in by then is asked for again: what went wrong may be over.
const repeatMs = 10 * minuteMs;

/** Looks at every head that is due and queues a sync where it is not what the last sync looked at. */
export async function pollHeads(edges: PollEdges, signal: AbortSignal): Promise<void> {
  const due = await edges.store.dueHeads({ ...intervals, now: new Date() });
  const groups = Map.groupBy(due, ({ repository }) => repository.installationId);
  await eachAtOnce([...groups], installationsAtOnce, ([installationId, heads]) =>
    pollInstallation(edges, installationId, heads, signal),
  );
}

/** Looks at the heads of one installation. Where GitHub does not answer for it, the rest is left to the next sweep. */
async function pollInstallation(
  edges: PollEdges,
  installationId: number,
  heads: readonly DueHead[],
  signal: AbortSignal,
): Promise<void> {
  let seen: HeadRecord[] = [];
  const save = async () => {
    const records = seen;
    seen = [];
    if (records.length > 0) await edges.store.saveHeads(records);
  };
  let refusals = 0;
  const look = async (head: DueHead): Promise<HeadRecord> => {
    try {
      return await pollHead(edges, head);
    } catch (error) {
      const isRefused = error instanceof Fault && error.code === "github-rejected";
      if (!isRefused || ++refusals > refusalsMax) throw error;
      // Looked at, so that the others come first the next time.
      const { sha, etag, queuedAt } = head;
      return { repositoryId: head.repository.id, sha, etag, queuedAt, polledAt: new Date() };
    }
  };
  try {
    await eachAtOnce(heads, headsAtOnce, async (head) => {
      if (signal.aborted) return;
      seen.push(await look(head));
      if (seen.length >= saveEvery) await save();
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    edges.log.warn({ installationId, code: error.code, reason: error.message }, "Heads were not all looked at");
    if (installationFaults.has(error.code)) {
      await edges.jobs.enqueue({ kind: "sweep", name: "difference", installationId });
    }
  } finally {
    await save();
  }
}

const installationFaults: ReadonlySet<string> = new Set(["installation-suspended", "installation-removed"]);

async function pollHead({ github, store, jobs }: PollEdges, head: DueHead): Promise<HeadRecord> {
  const { repository, lookedAtSha, queuedAt } = head;
  const answer = await github.headSince(repository, repository.defaultBranch, head.etag);
  const polledAt = new Date();
  const { sha, etag } = answer.kind === "unchanged" ? head : answer;
  const record = { repositoryId: repository.id, sha, etag, polledAt, queuedAt };
  if (sha === lookedAtSha) return record;
  const isKnown = sha === head.sha && queuedAt !== null;
  if (isKnown && polledAt.getTime() - queuedAt.getTime() < repeatMs) return record;
  if (sha !== null) await store.recordWanted(repository.id, sha);
  await jobs.enqueue({ kind: "sync", repositoryId: repository.id });
  return { ...record, queuedAt: polledAt };
}
