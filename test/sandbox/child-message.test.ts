// What a child that code has broken out into may say, and what of it is heard.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readChildMessage } from "../../src/sandbox/child-message.ts";

const diagnostic = {
  code: "evaluation-error",
  severity: "error",
  message: "Error: no",
  scope: "acme",
  path: "workflows/a.ts",
  line: 1,
  column: 2,
};
const done = { kind: "done", run: 1, result: null, diagnostics: [diagnostic] };

test.each([
  ["a result", { ...done, result: "{}", isScriptable: true, isSpent: false }],
  ["a failure with its frames", { ...done, diagnostics: [{ ...diagnostic, stack: ["bifrost://acme/a.ts:1:2"] }] }],
  ["lines", { kind: "log", run: 1, lines: [{ level: "info", message: "hello" }] }],
  ["an import", { kind: "import", run: 1, request: 2, specifier: "shared/a", importer: "bifrost://acme/a.ts" }],
  ["an unknown program", { kind: "unknown", run: 1 }],
  ["readiness", { kind: "ready", walls: { files: true, network: false, processes: true } }],
])("readChildMessage() hears %s as it is", (_, message) => {
  expect(readChildMessage(message)).toEqual(message);
});

test.each([
  null,
  "done",
  [],
  {},
  { ...done, kind: "start" },
  { ...done, run: "1" },
  { ...done, run: -1 },
  { ...done, result: {} },
  { ...done, diagnostics: {} },
  { ...done, diagnostics: [null] },
  { ...done, diagnostics: [{ ...diagnostic, code: "passed" }] },
  { ...done, diagnostics: [{ ...diagnostic, severity: "constructor" }] },
  { ...done, diagnostics: [{ ...diagnostic, message: { toString: 1 } }] },
  { ...done, diagnostics: [{ ...diagnostic, line: "1" }] },
  { ...done, diagnostics: [{ ...diagnostic, stack: [1] }] },
  { ...done, diagnostics: [{ ...diagnostic, tried: [] }] },
  { ...done, isSpent: "no" },
  { kind: "log", run: 1, lines: "hello" },
  { kind: "log", run: 1, lines: [{ level: "root", message: "" }] },
  { kind: "log", run: 1, lines: [{ level: "info", message: 1 }] },
  { kind: "import", run: 1, request: 1, specifier: ["shared/a"], importer: "" },
])("readChildMessage() does not hear %j", (message) => {
  expect(readChildMessage(message)).toBeUndefined();
});

test("readChildMessage() fails over nothing, and takes over no field that does not belong", () => {
  const kind = fc.constantFrom("ready", "unknown", "log", "import", "done");
  const message = fc.record({ kind, run: fc.nat(), extra: fc.anything() }, { requiredKeys: ["kind", "run"] });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), message), (value) => {
      expect(readChildMessage(value) ?? {}).not.toHaveProperty("extra");
    }),
  );
});
