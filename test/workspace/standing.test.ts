// Which of several reasons is the one to tell, and that nothing but a fault's own words gets into it.
import { expect, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import type { UnfinishedJob } from "../../src/workspace/job.ts";
import type { Repository } from "../../src/workspace/repository.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { standingOf } from "../../src/workspace/standing.ts";
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
const limited = troubleOf(new Fault("github-limited", "Later", { retryAt: now }), now);

test.each<[string, Partial<Repository>, UnfinishedJob[]]>([
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
])("%s is what is told of %j", (status, facts, syncs) => {
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
