import { expect, test } from "vitest";
import { type Diagnostic, hasErrors, sortDiagnostics, uniqueDiagnostics } from "../../src/workspace/diagnostic.ts";

const finding = (rest: Partial<Diagnostic>): Diagnostic => ({
  code: "module-not-found",
  severity: "error",
  message: "m",
  scope: "acme",
  path: "a.ts",
  line: 1,
  column: 1,
  ...rest,
});

test("hasErrors() minds errors alone", () => {
  expect(hasErrors([finding({ severity: "warning" }), finding({ severity: "notice" })])).toBe(false);
  expect(hasErrors([finding({ severity: "warning" }), finding({})])).toBe(true);
});

test("sortDiagnostics() puts errors first, then goes by path, line and column", () => {
  const sorted = [
    finding({ path: null, line: null, column: null }),
    finding({ line: 2 }),
    finding({ line: 10, column: 3 }),
    finding({ line: 10, column: 20 }),
    finding({ path: "b.ts" }),
    finding({ severity: "warning" }),
    finding({ severity: "notice", path: null }),
  ];
  expect(sortDiagnostics(sorted.toReversed())).toEqual(sorted);
});

test("uniqueDiagnostics() drops what says the same of the same place", () => {
  const findings = [finding({}), finding({ specifier: "x" }), finding({ line: 2 }), finding({ scope: "global" })];
  expect(uniqueDiagnostics(findings)).toEqual([findings[0], findings[2], findings[3]]);
});
