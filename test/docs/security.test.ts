// docs/security.md says which test holds what: each of them is there, and nothing that crosses into an isolate is left out.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hostFunctions } from "../../src/sandbox/isolate/host.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/security.md", root), "utf8");

/** The tests that a text names, as `file` "name". */
function namedTests(text: string): { readonly file: string; readonly name: string }[] {
  return Array.from(text.matchAll(/`(test\/[\w./-]+\.test\.ts)`\s"([^"]+)"/g), ([, file = "", name = ""]) => ({
    file,
    name: name.replaceAll(/\s+/g, " "),
  }));
}

describe("docs/security.md", () => {
  const files = Map.groupBy(namedTests(page), ({ file }) => file);

  test.each([...files])("names tests that are in %s", (file, named) => {
    expect(existsSync(new URL(file, root))).toBe(true);
    const source = readFileSync(new URL(file, root), "utf8");
    // As the first argument of a test, or of what a table of tests gives.
    const names = new Set(
      Array.from(
        source.matchAll(/[(\s](["'`])((?:(?!\1)[^\\\n]|\\.)+)\1,?\s*(?:\)|,|\(|\{|async|$)/gm),
        ([, , name]) => name,
      ),
    );
    expect(named.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
  });

  test("names a test in each row of what is held", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| "));
    let column = -1;
    const without: string[] = [];
    for (const row of rows) {
      const cells = row.split(" | ");
      if (/^\| (wants|who|token for|what crosses|system)/.test(row))
        column = cells.findIndex((cell) => cell.startsWith("tests"));
      else if (!row.startsWith("| ---") && column >= 0 && namedTests(row).length === 0) without.push(row);
    }
    expect(without).toEqual([]);
    expect(files.size).toBeGreaterThan(30);
  });

  test("lists every function that code in an isolate may call outside", () => {
    const row = page.split("\n").find((line) => line.startsWith("| host functions: ")) ?? "";
    const listed = Array.from(row.split(" | ")[0]?.matchAll(/`(\w+)`/g) ?? [], ([, name]) => name);
    expect(listed).toEqual([...hostFunctions]);
  });
});
