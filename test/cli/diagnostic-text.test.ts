import { describe, expect, test } from "vitest";
import { diagnosticsText } from "../../src/cli/diagnostic-text.ts";
import type { Diagnostic } from "../../src/workspace/diagnostic.ts";

const plain = (_: unknown, text: string) => text;

function shown(text: string | undefined, diagnostic: Partial<Diagnostic>): string[] {
  const whole: Diagnostic = {
    code: "syntax-error",
    severity: "error",
    message: "Wrong",
    scope: "acme",
    path: "a.ts",
    line: 1,
    column: 1,
    ...diagnostic,
  };
  return diagnosticsText([whole], () => ({ text, location: "src/a.ts" }), plain).split("\n");
}

describe("diagnosticsText()", () => {
  test("diagnosticsText() marks the text at fault below its line, tabs or not", () => {
    expect(shown('one\n\tlet x = "y";\r\nthree', { line: 2, column: 6, endColumn: 7 })).toEqual([
      "error syntax-error src/a.ts:2:6 (acme)",
      "  Wrong",
      '  2 │ \tlet x = "y";',
      "    │ \t    ^",
      "",
    ]);
  });

  test("diagnosticsText() shows no more of a long line than what is around the mark", () => {
    const [, , line, mark] = shown(`${"x".repeat(5000)}!${"y".repeat(5000)}`, { column: 5001, endColumn: 9000 });
    expect(line).toBe(`  1 │ …${"x".repeat(60)}!${"y".repeat(59)}…`);
    expect(mark).toBe(`    │ ${" ".repeat(61)}${"^".repeat(60)}`);
  });

  test("diagnosticsText() shows a finding without a place, a line or a source", () => {
    expect(shown(undefined, { line: null, column: null })[0]).toBe("error syntax-error src/a.ts (acme)");
    expect(shown("text", { line: 9, column: 1 })).toEqual(["error syntax-error src/a.ts:9:1 (acme)", "  Wrong", ""]);
    expect(shown("text", { path: null, scope: null })[0]).toBe("error syntax-error");
  });

  test("diagnosticsText() lists the paths tried by layer, and says what to do", () => {
    const tried = ["a.ts", "a.mts", "a/index.ts"].map((path) => ({ scope: "acme", path }));
    expect(
      shown(undefined, {
        tried: [...tried, { scope: "global", path: "a.ts" }],
        nearest: "b",
        stack: ["bifrost://acme/a.ts:1:1", ...Array(49).fill("bifrost://global/b.ts:2:3"), "native"],
        remedy: "Do this",
      }).slice(2),
    ).toEqual([
      "  looked in acme    a{.ts,.mts}  a/index.ts",
      "  looked in global  a.ts",
      "  did you mean b",
      "  at src/a.ts:1:1 (acme)",
      "  at src/a.ts:2:3 (global)",
      "     the same 48 more times",
      "  at native",
      "  to do: Do this",
      "",
    ]);
  });

  test("diagnosticsText() shows a message's control characters and reversing marks as what they are", () => {
    expect(shown("a\u001b[2Jb", { message: "x\u001b]0;title\u0007y\u202ez\r\nnext" }).slice(1, 4)).toEqual([
      "  xy\ufffdz\ufffd",
      "  next",
      "  1 │ ab",
    ]);
  });
});
