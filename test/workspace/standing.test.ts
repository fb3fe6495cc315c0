// Which of several reasons is the one to tell, and that nothing but a fault's own words gets into it.
import { expect, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import type { UnfinishedJob } from "../../src/workspace/job.ts";
import type { Repository, SyncReport } from "../../src/workspace/repository.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { type RepositoryStatus, repositoryStatuses, standingOf } from "../../src/workspace/standing.ts";
import { troubleOf } from "../../src/workspace/trouble.ts";

const now = new Date("2026-11-23T12:00:00Z");
const head = "a".repeat(40);
const well: Repository = {
  id: 1,
  installationId: 2,
  accountId: 3,
  owner: "acme-inc",
  name: "modules",
  defaultBranch: "main",
  private: true,
  archived: false,
  state: "bound",
  scope: globalScope,
  requestedScope: "global",
  wantedSha: head,
  syncedSha: head,
  syncedAt: now,
  reportedSha: head,
  lastSync: null,
  hold: null,
  troubles: {},
  quota: null,
  installationSuspended: false,
};
const running: UnfinishedJob = { key: "1", state: "running", at: now, failedTries: 0 };
const waiting: UnfinishedJob = { key: "1", state: "waiting", at: now, failedTries: 3 };
const sync = troubleOf(new Fault("github-rejected", "No"), now);
const behind = troubleOf(new Fault("github-behind", "Not yet"), now);
const limited = troubleOf(new Fault("github-limited", "Later", { retryAt: now }), now);

const conflict = { code: "path-conflict", severity: "error", message: "a.ts belongs to another" } as const;
const report: SyncReport = {
  ...{ commit: head, state: "bound", scope: "global", revision: 3, unchanged: 0 },
  ...{ upserts: [], deletes: [], skipped: [], counts: { upserts: 0, deletes: 0, skipped: 0, refused: 250 } },
  diagnostics: [{ ...conflict, scope: null, path: "a.ts", line: 1, column: 1 }],
};

const told: [RepositoryStatus, Partial<Repository>, UnfinishedJob[]][] = [
  ["well", {}, []],
  ["waiting", {}, [waiting]],
  ["in-progress", { troubles: { sync } }, [running, waiting]],
  ["failed", { troubles: { sync } }, []],
  ["failing", { troubles: { sync } }, [waiting]],
  ["rate-limited", { troubles: { sync: limited } }, [waiting]],
  ["well", { troubles: { check: sync } }, []],
  ["failed", { troubles: { sync }, state: "pending" }, []],
  ["pending", { state: "pending" }, []],
  ["out-of-step", { wantedSha: "b".repeat(40) }, []],
  ["out-of-step", { syncedSha: null }, []],
  ["suspended", { installationSuspended: true, troubles: { sync } }, [waiting]],
  ["detached", { state: "detached", installationSuspended: true }, [running]],
  ["archived", { archived: true }, []],
  ["head-unknown", { troubles: { sync: behind } }, [waiting]],
  ["held", { state: "held" }, []],
  ["gated", { state: "gated" }, []],
  ["rolled-back", { state: "rolled-back" }, []],
  ["refused", { state: "refused" }, []],
  ["unbound", { state: "unbound", scope: null }, []],
  ["unbound", { state: "unbound", scope: null, wantedSha: null, syncedSha: null }, []],
  ["conflicting", { lastSync: report }, []],
];

test("every status is told of something", () => {
  expect(new Set(told.map(([status]) => status))).toEqual(new Set(repositoryStatuses));
});

test("of many findings the first is told, and how many more there are", () => {
  const { message, remedy } = standingOf({ ...well, lastSync: report }, []);
  expect(message).toBe("a.ts belongs to another (and 249 more findings)");
  expect(remedy).toBe("Correct a.ts at line 1 on the default branch");
});

test.each(told)("%s is what is told of %j", (status, facts, syncs) => {
  expect(standingOf({ ...well, ...facts }, syncs)).toMatchObject({
    status,
    failedTries: syncs.includes(waiting) ? 3 : 0,
  });
});

test("an error that nobody foresaw is told by its kind alone", () => {
  const told = troubleOf(new TypeError("the token is ghs_secret"), now);
  expect(told).toMatchObject({ code: "internal", at: now, waitUntil: null });
  expect(JSON.stringify(told)).not.toContain("ghs_secret");
  expect(told.message).toContain("TypeError");
});
