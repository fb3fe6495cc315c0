// What is known of a repository besides where it stands, line by line: the same on the command line and on its page.
import { count } from "./markdown.ts";
import type { Repository } from "./repository.ts";
import { type Scope, scopeSlug } from "./scope.ts";
import type { Standing } from "./standing.ts";

/** A label, and its text; without a label it goes on with the line above. */
export type Fact = readonly [label: string, text: string];

/** What a repository brought to a scope: files, its pin, and whether the end of a rollback brings back more. */
interface Served {
  readonly scope: Scope;
  readonly files: number;
  readonly pins: boolean;
  readonly returns: boolean;
}

/** `served` is what a repository brought to which scopes. Times are ISO 8601 in UTC, to the second. */
export function standingFacts(
  repository: Repository,
  standing: Standing,
  served: readonly Served[],
  now: Date,
): Fact[] {
  const { scope, requestedScope, syncedSha, syncedAt, lastSync, troubles, hold, quota } = repository;
  const revision = lastSync?.revision == null ? "" : `, revision ${lastSync.revision}`;
  const serves = served.map(servedText);
  return [
    ["scope", scope ? scopeSlug(scope) : "none"],
    ...(requestedScope === null ? [] : [["asks for", requestedScope] as const]),
    ["default branch", repository.defaultBranch],
    ["wanted commit", repository.wantedSha ?? "not known"],
    ["synced commit", syncedSha === null ? "none" : `${syncedSha}${syncedAt ? `, ${time(syncedAt)}` : ""}${revision}`],
    ["next try", nextTry(standing, now)],
    ...(["sync", "check"] as const).flatMap((work): Fact[] => {
      const trouble = troubles[work];
      if (trouble === undefined) return [];
      return [
        [`${work} error`, `${time(trouble.at)}: ${trouble.message}`],
        ["", trouble.remedy],
      ];
    }),
    ...(hold === null ? [] : [heldFact(hold)]),
    [
      "requests left",
      quota === null ? "not known" : `${quota.remaining} of ${quota.limit}, until ${time(quota.resetAt)}`,
    ],
    ["serves", serves.length === 0 ? "nothing" : serves.join(", ")],
  ];
}

function servedText({ scope, files, pins, returns }: Served): string {
  const what = [
    ...(files > 0 ? [count(files, "file")] : []),
    ...(pins ? ["the pin"] : []),
    ...(files === 0 && returns ? ["what comes back when its rollback ends"] : []),
  ];
  return `${what.join(" and ")} of ${scopeSlug(scope)}`;
}

function nextTry({ nextTryAt, runningSince, failedTries }: Standing, now: Date): string {
  const running = runningSince === null ? "" : `running since ${time(runningSince)}`;
  if (nextTryAt === null) return running === "" ? "none is queued" : running;
  const after = failedTries === 0 ? "" : `, after ${count(failedTries, "failed try", "failed tries")}`;
  const next = nextTryAt <= now ? `as soon as a worker is free${after}` : `${time(nextTryAt)}${after}`;
  return running === "" ? next : `${running}, then ${next}`;
}

function heldFact({ commit, deletes, live, since, approvedBy }: NonNullable<Repository["hold"]>): Fact {
  const held = `${commit.slice(0, 12)} since ${time(since)}, ${deletes} deletes of ${count(live, "file")}`;
  return ["held", approvedBy === null ? held : `${held}, approved by ${approvedBy}`];
}

function time(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
