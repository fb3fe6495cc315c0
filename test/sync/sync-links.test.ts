// What a sync comes to once it is known what of it does not link.
import { expect, test } from "vitest";
import { linksVerdict, type SyncedLinks } from "../../src/sync/sync-links.ts";
import type { Diagnostic } from "../../src/workspace/diagnostic.ts";
import { reportToStore } from "../../src/workspace/full-report.ts";

const finding: Diagnostic = {
  code: "module-not-found",
  severity: "error",
  message: "There is no shared/missing",
  scope: "acme",
  path: "workflows/daily.ts",
  line: 1,
  column: 1,
};
const nothing: SyncedLinks = { broken: [], brokenWorkflows: 0, known: [], radius: undefined, pathOf: () => null };

test.each([
  ["success", { known: [finding] }, "neutral"],
  ["success", { broken: [finding] }, "failure"],
  ["failure", { known: [finding] }, "failure"],
  ["failure", { broken: [finding] }, "failure"],
])("the kept report of a %s with %j is a %s", (conclusion, found: Partial<SyncedLinks>, expected) => {
  const report = reportToStore({ conclusion, title: "acme is at revision 2" }, {});
  expect(linksVerdict(report, { ...nothing, ...found }).conclusion).toBe(expected);
});
