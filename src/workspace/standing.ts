// Why a repository stands where it stands: one status, its reason in words, and what to do about it. Everything is worked
// out from what the store and the queue hold; nothing of it is stored.
import { bindingPath } from "./binding.ts";
import { type Diagnostic, hasErrors } from "./diagnostic.ts";
import type { UnfinishedJob } from "./job.ts";
import { count } from "./markdown.ts";
import type { Repository } from "./repository.ts";
import { scopeSlug } from "./scope.ts";

/**
 * - `well`: what is stored equals the newest commit.
 * - `in-progress`, `waiting`: a sync runs, or waits for its turn.
 * - `rate-limited`, `head-unknown`, `failing`: the last try failed, and the next one comes by itself.
 * - `failed`: the last try failed, and nobody tries again before something is mended.
 * - `held`, `gated`, `rolled-back`, `pending`, `refused`, `unbound`, `detached`: as the binding's state.
 * - `suspended`, `archived`: nothing is synced until that ends on GitHub.
 * - `conflicting`: synced, except for paths that other repositories brought first.
 * - `out-of-step`: a newer commit is known and nothing is queued.
 */
export const repositoryStatuses = [
  "well",
  "in-progress",
  "waiting",
  "rate-limited",
  "head-unknown",
  "failing",
  "failed",
  "held",
  "gated",
  "rolled-back",
  "pending",
  "refused",
  "unbound",
  "detached",
  "suspended",
  "archived",
  "conflicting",
  "out-of-step",
] as const;
export type RepositoryStatus = (typeof repositoryStatuses)[number];

export interface Standing {
  readonly status: RepositoryStatus;
  /** The reason, in words for people. */
  readonly message: string;
  /** What to do about it; null where nothing needs doing. */
  readonly remedy: string | null;
  /** Since when a sync runs. */
  readonly runningSince: Date | null;
  /** When the next sync starts, unless it waits for others before it. Null: none is queued. */
  readonly nextTryAt: Date | null;
  /** How often the sync that waits was tried and failed. */
  readonly failedTries: number;
}

type Reason = Pick<Standing, "status" | "message" | "remedy">;

/** Takes a repository and the unfinished syncs of it, and says where it stands. */
export function standingOf(repository: Repository, syncs: readonly UnfinishedJob[]): Standing {
  const running = syncs.find(({ state }) => state === "running");
  const waiting = syncs.find(({ state }) => state === "waiting");
  const reason =
    outOfReach(repository) ??
    (running && underWay(running)) ??
    troubled(repository, waiting) ??
    (waiting && queued(waiting)) ??
    stopped(repository) ??
    synced(repository);
  return {
    ...reason,
    runningSince: running?.at ?? null,
    nextTryAt: waiting?.at ?? null,
    failedTries: waiting?.failedTries ?? 0,
  };
}

/** What no sync can change, because GitHub lets the app do nothing. */
function outOfReach(repository: Repository): Reason | undefined {
  const name = nameOf(repository);
  if (repository.state === "detached") {
    return {
      status: "detached",
      message: "The app was taken off it: nothing is synced, and what it brought keeps serving",
      remedy: `Install the app on it again, or take what it brought out of service: bifrost repo purge ${name}`,
    };
  }
  if (repository.installationSuspended) {
    return {
      status: "suspended",
      message: `The app is suspended on ${repository.owner}: nothing is synced or checked, and what it brought keeps serving`,
      remedy: "Whoever suspended it lifts it in the settings of the account, under GitHub Apps",
    };
  }
  if (repository.archived) {
    return {
      status: "archived",
      message: "It is archived on GitHub: nothing is synced, and what it brought keeps serving",
      remedy: `Unarchive it on GitHub, or take what it brought out of service: bifrost repo purge ${name}`,
    };
  }
  return undefined;
}

function underWay({ at }: UnfinishedJob): Reason {
  return { status: "in-progress", message: `A sync is under way since ${at.toISOString()}`, remedy: null };
}

function troubled({ troubles: { sync: trouble } }: Repository, waiting: UnfinishedJob | undefined): Reason | undefined {
  if (trouble === undefined) return undefined;
  const { code, message, remedy } = trouble;
  if (waiting === undefined) return { status: "failed", message, remedy };
  if (code === "github-limited") return { status: "rate-limited", message, remedy };
  return { status: code === "github-behind" ? "head-unknown" : "failing", message, remedy };
}

function queued({ at }: UnfinishedJob): Reason {
  return {
    status: "waiting",
    message: `A sync waits for its turn since ${at.toISOString()}`,
    remedy: 'Wait; if it does not start, check that a worker runs: "bifrost serve", or "bifrost serve --role worker"',
  };
}

/** Why its head may not be synced: what the last sync found. */
function stopped(repository: Repository): Reason | undefined {
  const { state } = repository;
  switch (state) {
    case "bound":
    case "detached":
      return undefined;
    case "unbound":
      if (repository.wantedSha === null) {
        const message = `It has no commit on its default branch "${repository.defaultBranch}" yet`;
        return { status: "unbound", message, remedy: `Push the modules, with ${bindingPath}` };
      }
      return {
        status: "unbound",
        message: `It has no ${bindingPath} on "${repository.defaultBranch}": nothing is synced`,
        remedy: `Add ${bindingPath} with the scope that it is to feed`,
      };
    case "rolled-back": {
      const slug = repository.scope ? scopeSlug(repository.scope) : "SCOPE";
      return {
        status: "rolled-back",
        message: `Its scope ${slug} is rolled back: nothing is synced`,
        remedy: `Mend what it was rolled back for, then release it: bifrost rollback ${slug} --release`,
      };
    }
    case "held":
    case "gated":
    case "pending":
    case "refused":
      return { status: state, ...found(repository) };
    default:
      throw state satisfies never;
  }
}

function synced(repository: Repository): Reason {
  const { wantedSha, syncedSha, lastSync, scope } = repository;
  const name = nameOf(repository);
  if (syncedSha === null || (wantedSha !== null && wantedSha !== syncedSha)) {
    const message = `${wantedSha === null ? "Its head" : `Commit ${wantedSha.slice(0, 7)}`} is not synced, and no sync is queued`;
    return { status: "out-of-step", message, remedy: `Sync it: bifrost repo sync ${name}` };
  }
  if (lastSync !== null && hasErrors(lastSync.diagnostics)) return { status: "conflicting", ...found(repository) };
  const at = lastSync?.revision == null ? "" : ` at revision ${lastSync.revision}`;
  return { status: "well", message: `It feeds ${scope ? scopeSlug(scope) : "its scope"}${at}`, remedy: null };
}

/** The first finding of the last sync, and how many more there are. */
function found({ lastSync }: Repository): Pick<Reason, "message" | "remedy"> {
  const errors = (lastSync?.diagnostics ?? []).filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return { message: "Its head was not synced", remedy: null };
  const total = Math.max(errors.length, lastSync?.counts.refused ?? 0);
  const more = total > 1 ? ` (and ${count(total - 1, "more finding")})` : "";
  return { message: `${first.message}${more}`, remedy: first.remedy ?? correct(first) };
}

/** What there is to do about a finding that says nothing of it. */
function correct({ path, line }: Diagnostic): string | null {
  return path === null ? null : `Correct ${path}${line === null ? "" : ` at line ${line}`} on the default branch`;
}

function nameOf({ owner, name }: Repository): string {
  return `${owner}/${name}`;
}
