import { expect, test } from "vitest";
import { reportPath } from "../../src/workspace/addresses.ts";
import type { Diagnostic } from "../../src/workspace/diagnostic.ts";
import { reportToStore } from "../../src/workspace/full-report.ts";
import { globalScope, type OrganizationId } from "../../src/workspace/scope.ts";

const verdict = { conclusion: "failure", title: "Many problems" };
const finding = (message: string, more: Partial<Diagnostic> = {}) => ({
  diagnostic: {
    ...{ code: "module-not-found", severity: "error", message, scope: "acme", path: "a.ts", line: 1, column: 1 },
    ...more,
  } as Diagnostic,
  mark: { path: "a.ts", line: 1, column: 1 },
});

test("reportToStore() keeps far more than GitHub takes, in order, and counts what it leaves out", () => {
  const problems = Array.from({ length: 20_000 }, (_, index) => finding(`Cannot find number ${index}`));
  const report = reportToStore(verdict, { problems, words: ["w"] });
  expect(report.problems.total).toBe(20_000);
  expect(report.problems.items.length).toBeGreaterThan(1_000);
  expect(report.problems.items).toEqual(problems.slice(0, report.problems.items.length));
  expect(report).toMatchObject({ ...verdict, remarks: { items: [], total: 0 }, next: null, unchanged: null });
});

test("reportToStore() stays below four megabytes, whatever anybody writes", () => {
  const long = "\0x@".repeat(20_000);
  const tried = Array.from({ length: 1_000 }, () => ({ scope: "acme", path: "a.ts" }));
  const many = Array.from({ length: 1_000 }, () => finding(long, { remedy: long, tried }));
  const lines = Array.from({ length: 10_000 }, () => "shared/some-file-with-a-name.ts");
  const report = reportToStore(verdict, {
    words: [long],
    problems: many,
    remarks: many,
    changes: lines,
    written: lines,
    deleted: lines,
  });
  const text = JSON.stringify(report);
  expect(text.length).toBeLessThan(4_000_000);
  expect(text).not.toContain("\\u0000");
  expect(report.problems.items.length).toBeGreaterThan(10);
});

test("reportPath() leads to the scope where there is one", () => {
  const place = { repositoryId: 7, subject: "pull:12", headSha: "abc" };
  const acme = { kind: "organization", id: "x" as OrganizationId, slug: "acme" } as const;
  expect(reportPath(acme, place)).toBe("/scopes/acme/checks/7/abc/pull-12");
  expect(reportPath(globalScope, { ...place, subject: "sync" })).toBe("/scopes/global/checks/7/abc/sync");
  expect(reportPath(null, { ...place, subject: "commit" })).toBe("/checks/7/abc/commit");
});
