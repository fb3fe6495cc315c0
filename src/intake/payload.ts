// What each kind of payload leads to. One function a kind, in the order in which a repository lives through them.
import type { Registry } from "../store/store.ts";
import { buttonOf } from "../workspace/button.ts";
import { checkJobFor, parseSubject } from "../workspace/check.ts";
import type {
  AccountRenamedPayload,
  CheckRunPayload,
  CheckSuitePayload,
  DeliveryPayload,
  InstallationPayload,
  InstallationRepositoriesPayload,
  MergeGroupPayload,
  PullRequestPayload,
  PushPayload,
  RepositoryPayload,
} from "../workspace/delivery.ts";
import type { Job } from "../workspace/job.ts";
import type { RepositoryFacts } from "../workspace/repository.ts";

/** The jobs to queue, or why there are none. */
export interface Handled {
  readonly queue: readonly Job[];
  readonly reason?: string;
  /** The commit at which a repository's default branch now stands. */
  readonly wanted?: { readonly repositoryId: number; readonly commit: string };
}

const nothing = (reason: string): Handled => ({ queue: [], reason });

/** The repository that speaks in a payload, where it is not what the payload is about. */
export function speakerOf(payload: DeliveryPayload): RepositoryFacts | undefined {
  switch (payload.kind) {
    case "push":
    case "pull-request":
    case "check-run":
    case "check-suite":
    case "merge-group":
      return payload.repository;
    default:
      return undefined;
  }
}

/** Records what a payload says of accounts and repositories, and gives the jobs that it asks for. */
export async function handlePayload(registry: Registry, payload: DeliveryPayload): Promise<Handled> {
  switch (payload.kind) {
    case "installation":
      return installation(registry, payload);
    case "installation-repositories":
      return installationRepositories(registry, payload);
    case "repository":
      return repository(registry, payload);
    case "account-renamed":
      return accountRenamed(registry, payload);
    case "push":
      return push(registry, payload);
    case "pull-request":
      return pullRequest(payload);
    case "check-run":
      return checkRun(registry, payload);
    case "check-suite":
      return checkSuite(registry, payload);
    case "merge-group":
      return mergeGroup(registry, payload);
    case "other":
      return nothing(payload.reason);
    default:
      throw payload satisfies never;
  }
}

/** Acted on at once, and then looked up: the delivery may be late, and what it tells of over. */
async function installation(registry: Registry, payload: InstallationPayload): Promise<Handled> {
  if (payload.action === "deleted") await registry.removeInstallation(payload.installation.id);
  else await registry.saveInstallation(payload.installation);
  return { queue: [{ kind: "discover", installationId: payload.installation.id }] };
}

async function installationRepositories(
  registry: Registry,
  payload: InstallationRepositoriesPayload,
): Promise<Handled> {
  await registry.saveInstallation(payload.installation);
  await registry.detachRepositories(payload.removed.map(({ id }) => id));
  // Repositories in a payload's list lack their default branch, and the list may be late: GitHub is asked for all of them.
  return { queue: [{ kind: "discover", installationId: payload.installation.id }] };
}

async function repository(registry: Registry, { action, repository: facts }: RepositoryPayload): Promise<Handled> {
  if (action === "deleted") {
    await registry.detachRepositories([facts.id]);
    return nothing("the repository was deleted: what it brought keeps serving");
  }
  await registry.saveRepositories([facts]);
  // Also of one that is archived: the delivery may be late, and a sync asks GitHub whether it still is.
  return { queue: [{ kind: "sync", repositoryId: facts.id }] };
}

async function accountRenamed(registry: Registry, payload: AccountRenamedPayload): Promise<Handled> {
  const known = (await registry.installations()).find(({ id }) => id === payload.installationId);
  if (known) await registry.saveInstallation({ ...known, accountLogin: payload.login });
  return { queue: [{ kind: "discover", installationId: payload.installationId }] };
}

async function push(
  registry: Pick<Registry, "repository">,
  { repository: facts, ref, after, deleted }: PushPayload,
): Promise<Handled> {
  // A tag of global is a release; that it was deleted is news as well.
  if (ref.startsWith("refs/tags/")) {
    const feedsGlobal = (await registry.repository(facts.id))?.scope?.kind === "global";
    if (feedsGlobal) return { queue: [{ kind: "releases", repositoryId: facts.id }] };
  }
  if (!ref.startsWith("refs/heads/")) return nothing(`${ref} is not a branch`);
  if (deleted) return nothing(`${ref} was deleted`);
  if (ref !== `refs/heads/${facts.defaultBranch}`) return nothing(`${ref} is not the default branch`);
  const wanted = { repositoryId: facts.id, commit: after };
  return { queue: [{ kind: "sync", repositoryId: facts.id }], wanted };
}

// After "closed" nothing is checked any more: what is under way is ended.
const checkedActions = new Set(["opened", "synchronize", "reopened", "ready_for_review", "closed"]);

function pullRequest(payload: PullRequestPayload): Handled {
  const { action, repository: facts, pullNumber, baseChanged } = payload;
  if (!checkedActions.has(action) && !baseChanged) return nothing(`nothing to check after "${action}"`);
  // The same head over another base is another merge, so it needs another answer; so does one that was closed for a while.
  const force = baseChanged || action === "reopened";
  return { queue: [{ kind: "check", repositoryId: facts.id, pullNumber, force }] };
}

async function checkRun(registry: Registry, payload: CheckRunPayload): Promise<Handled> {
  const { action, repository: facts, name, externalId, headSha } = payload;
  if (action === "requested_action") return press(payload);
  if (name === "bifrost/sync") {
    await registry.recordReported(facts.id, null);
    return { queue: [{ kind: "sync", repositoryId: facts.id }] };
  }
  if (name === "bifrost/release") {
    await registry.forgetReleaseWords(facts.id, headSha);
    return { queue: [{ kind: "releases", repositoryId: facts.id }] };
  }
  const subject = parseSubject(externalId);
  const checks = subject ? [{ repositoryId: facts.id, subject, headSha }] : await registry.checksAt(facts.id, headSha);
  return { queue: checks.map((check) => checkJobFor(check, true)) };
}

function press({ repository: facts, checkRunId, externalId, headSha, buttonId, sender }: CheckRunPayload): Handled {
  const button = buttonOf(buttonId);
  if (button === undefined) return nothing("no button of ours");
  const about = { repositoryId: facts.id, checkRunId, subject: externalId, headSha };
  return { queue: [{ kind: "press", ...about, button, user: sender }] };
}

async function checkSuite(registry: Registry, payload: CheckSuitePayload): Promise<Handled> {
  const { action, repository: facts, headSha, headBranch, pullNumbers } = payload;
  if (action !== "rerequested") return nothing("pushes and pull requests ask for themselves");
  // GitHub names no pull request of a fork here, so our own records are asked as well.
  const pulls = pullNumbers.map((number) => ({
    repositoryId: facts.id,
    subject: { kind: "pull", number } as const,
    headSha,
  }));
  // The queue keeps one of those that are about the same.
  const checks = [...pulls, ...(await registry.checksAt(facts.id, headSha))];
  const queue: Job[] = checks.map((check) => checkJobFor(check, true));
  if (headBranch === facts.defaultBranch) {
    await registry.recordReported(facts.id, null);
    queue.push({ kind: "sync", repositoryId: facts.id });
  }
  return queue.length > 0
    ? { queue }
    : nothing("nothing was checked at this commit, and it is not of the default branch");
}

/** Recorded, so that a group that is over is not worked on, whichever of its deliveries comes first. */
async function mergeGroup(registry: Registry, payload: MergeGroupPayload): Promise<Handled> {
  const { action, repository: facts, headSha, baseSha, baseRef } = payload;
  await registry.saveMergeGroup({
    repositoryId: facts.id,
    headSha,
    baseSha,
    baseBranch: baseRef.replace(/^refs\/heads\//, ""),
    isOver: action === "destroyed",
  });
  return { queue: [{ kind: "check-commit", repositoryId: facts.id, commit: headSha, force: false }] };
}
