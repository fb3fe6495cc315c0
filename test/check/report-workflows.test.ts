// The table of workflows: what there is to look at first, and what there is nothing to see of counted.
import { expect, test } from "vitest";
import { reportedWorkflows, workflowTable } from "../../src/check/report-workflows.ts";
import type { WorkflowReport } from "../../src/run/check-workflows.ts";
import { scopeOf } from "../../src/workspace/scope.ts";
import { layerOf, organizationOf, sourceOf } from "../blast/world.ts";

const report = (path: string, rest: Partial<WorkflowReport> = {}): WorkflowReport => ({
  ...{ path, status: "passed", ran: "linked", durationMs: 0, diagnostics: [] },
  ...rest,
});
const findings = (workflows: readonly WorkflowReport[], broken: readonly string[] = []) => ({
  ...{ errors: [], remarks: [], isMoreWithheld: false },
  ...{ workflows, broken: new Set(broken) },
});
const rowsOf = (table: string) => table.split("\n").slice(4);
const own = layerOf(scopeOf(organizationOf("acme")), { "workflows/a.ts": "", "workflows/b.ts": "" }, new Map());
const merged = { source: sourceOf([own], new Map()) };
const tableOf = (...told: Parameters<typeof findings>) => workflowTable(reportedWorkflows(findings(...told), merged));

test("what would break comes first, what was run next, and what is not affected is counted", () => {
  const many = Array.from({ length: 1000 }, (_, index) => report(`workflows/w${index}.ts`));
  const table = tableOf(
    [
      ...many,
      report("workflows/a.ts", { ran: "called", durationMs: 12.4 }),
      report("workflows/b.ts", { status: "failed" }),
      report("workflows/z.ts", { status: "failed" }),
    ],
    ["workflows/z.ts"],
  );
  const rows = rowsOf(table);
  expect(rows.slice(0, 3)).toEqual([
    "| `workflows/z.ts` in global | failed | linked only |  |",
    "| `workflows/b.ts` | already broken | linked only |  |",
    "| `workflows/a.ts` | passed | called with its example | 12 ms |",
  ]);
  expect(rows).toHaveLength(3 + 10 + 1);
  expect(rows.at(-1)).toBe("| and 990 more that this does not affect | passed | linked only | |");
});

test("of very many that fail, what does not fit is counted as well", () => {
  const many = Array.from({ length: 130 }, (_, index) => report(`workflows/w${index}.ts`, { status: "failed" }));
  const rows = rowsOf(tableOf([...many, report("workflows/a.ts")]));
  expect(rows).toHaveLength(100 + 1 + 1);
  expect(rows.at(-1)).toBe("| and 30 more | | | |");
});
