// The page of the faults, from their table.
import { faults } from "../../src/errors.ts";
import { code, page, table } from "./markdown.ts";

const whose = {
  user: "whoever asked",
  operator: "the operator",
  us: "nobody: an outage, or a defect",
} as const satisfies Record<(typeof faults)[keyof typeof faults]["whose"], string>;

export function faultsPage(): string {
  const rows = Object.entries(faults).map(([name, row]) => [
    code(name),
    whose[row.whose],
    row.retry === "later" ? "yes" : "no",
    `${row.status}`,
    row.remedy,
  ]);
  return page(
    "Faults",
    "What stops a request, a job or a command has one of these codes: in the API as `error.code`, in the log, in the document of a " +
      "command with `--json`, in `bifrost repo show`. The message says what happened in this case. Where trying again helps, jobs do it " +
      "by themselves, and a command ends with exit code 1; otherwise with 2. What is wrong with somebody's files is not a fault but a " +
      "[diagnostic](../diagnostics/README.md).",
    table(["code", "who can mend it", "again later", "HTTP status", "to do"], rows),
  );
}
