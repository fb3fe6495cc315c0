// Installations and repositories as GitHub has them against those that we know: lifecycle events get lost as all others
// do, and some are never sent. What came is recorded and synced, what went is detached and keeps serving.
import { Fault } from "../errors.ts";
import type { Installation, Repository, RepositoryFacts } from "../workspace/repository.ts";
import { eachAtOnce } from "./at-once.ts";
import type { SweepEdges } from "./sweep.ts";

type DifferenceEdges = Pick<SweepEdges, "store" | "jobs" | "log"> & {
  readonly github: Pick<SweepEdges["github"], "installations" | "installationRepositories">;
};

// Lists of up to 100 repositories a request: few requests, so few at once are soon done.
const installationsAtOnce = 4;

/** Compares everything. An installation whose repositories GitHub does not list now is left to the next time. */
export async function findDifference(edges: DifferenceEdges, signal: AbortSignal): Promise<void> {
  const { store, log } = edges;
  const present = await listInstallations(edges);
  if (present === undefined) return;
  const ids = new Set(present.map(({ id }) => id));
  const known = new Map((await store.installations()).map((installation) => [installation.id, installation]));
  for (const id of known.keys()) if (!ids.has(id)) await store.removeInstallation(id);
  // Of those too that only their repositories are known of: the event that told of the installation was lost.
  const ours = byId(await store.repositories());
  await detach(
    store,
    [...ours.values()].filter(({ installationId }) => !ids.has(installationId)),
  );
  await eachAtOnce(present, installationsAtOnce, async (installation) => {
    if (signal.aborted) return;
    try {
      await compare(edges, installation, known.get(installation.id), ours);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.warn(
        { installationId: installation.id, code: error.code, reason: error.message },
        "An installation was not compared",
      );
    }
  });
}

/** Compares one installation, because something that GitHub answered for it says that it is not as we know it. */
export async function findInstallationDifference(edges: DifferenceEdges, installationId: number): Promise<void> {
  const { github, store } = edges;
  const installation = (await github.installations()).find(({ id }) => id === installationId);
  if (installation === undefined) return store.removeInstallation(installationId);
  const known = (await store.installations()).find(({ id }) => id === installationId);
  await compare(edges, installation, known, byId(await store.repositories()));
}

async function listInstallations({ github, log }: DifferenceEdges): Promise<Installation[] | undefined> {
  try {
    return await github.installations();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn({ code: error.code, reason: error.message }, "Installations were not compared");
    return undefined;
  }
}

async function compare(
  edges: DifferenceEdges,
  installation: Installation,
  known: Installation | undefined,
  ours: ReadonlyMap<number, Repository>,
): Promise<void> {
  const { github, store, jobs } = edges;
  await store.saveInstallation(installation);
  if (installation.suspended) return;
  // Everything may have changed while nothing was told.
  if (known === undefined || known.suspended) {
    await jobs.enqueue({ kind: "discover", installationId: installation.id });
    return;
  }
  const reached = await github.installationRepositories(installation.id);
  await store.transaction(async (transaction) => {
    const changed = reached.filter((facts) => !sameFacts(facts, ours.get(facts.id)));
    if (changed.length > 0) await transaction.saveRepositories(changed);
    for (const facts of changed) {
      if (!facts.archived) await jobs.enqueue({ kind: "sync", repositoryId: facts.id }, transaction.sql);
    }
    const ids = new Set(reached.map(({ id }) => id));
    const gone = [...ours.values()].filter(({ id, installationId }) => {
      return installationId === installation.id && !ids.has(id);
    });
    await detach(transaction, gone);
  });
}

async function detach(
  store: Pick<SweepEdges["store"], "detachRepositories">,
  repositories: readonly Repository[],
): Promise<void> {
  const attached = repositories.filter(({ state }) => state !== "detached").map(({ id }) => id);
  if (attached.length > 0) await store.detachRepositories(attached);
}

function byId(repositories: readonly Repository[]): ReadonlyMap<number, Repository> {
  return new Map(repositories.map((repository) => [repository.id, repository]));
}

function sameFacts(facts: RepositoryFacts, ours: Repository | undefined): boolean {
  return (
    ours !== undefined &&
    ours.state !== "detached" &&
    ours.installationId === facts.installationId &&
    ours.accountId === facts.accountId &&
    ours.owner === facts.owner &&
    ours.name === facts.name &&
    ours.defaultBranch === facts.defaultBranch &&
    ours.private === facts.private &&
    ours.archived === facts.archived
  );
}
