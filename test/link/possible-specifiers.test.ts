// What a source may import, read without parsing: never less than what parsing finds, and mostly no more.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseModule } from "../../src/link/parse.ts";
import { possibleSpecifiers } from "../../src/link/possible-specifiers.ts";
import { layerFiles } from "../support/random-workspace.ts";

const read = (source: string) => {
  const found = possibleSpecifiers(source);
  return found && [...found];
};

describe("possibleSpecifiers()", () => {
  test.each([
    ['import { a } from "shared/a";', ["shared/a"]],
    ["import{a}from'./a'", ["./a"]],
    ['import "./effect"; export * from "./star"; export { b } from\n"./b";', ["./effect", "./star", "./b"]],
    ['import type { T } from "./types";', ["./types"]],
    ["const at = import.meta.url; const list = Array.from([1]);", []],
    ["const important = { from: 1, import: 2 };", []],
    // More than it imports, which does no harm.
    [`const text = 'taken from "shared/a"';`, ["shared/a"]],
    ['// import "./old";\nexport default 1;', ["./old"]],
  ])("reads %s", (source, specifiers) => {
    expect(read(source)).toEqual(specifiers);
  });

  test.each([
    'const later = import("./a");',
    "const later = import(where);",
    'const later = import.defer("./a");',
    'import /* why */ "./a";',
    'import { a } from // why\n"./a";',
    'import "./\\x61";',
    'import { a } from "./\\u0061";',
    'import { a } fr\\u006fm "./a";',
    'import "never closed',
  ])("leaves %s to the parser", (source) => {
    expect(read(source)).toBeUndefined();
  });

  test("takes in every specifier that parsing finds, and leaves every import() to it", { timeout: 60_000 }, () => {
    let read = 0;
    fc.assert(
      fc.property(layerFiles(6), (files) => {
        for (const source of Object.values(files)) {
          const found = possibleSpecifiers(source);
          if (found === undefined) continue;
          read += 1;
          const { requests, dynamicImports, hasComputedImport, findings } = parseModule(source, "typescript");
          expect(findings).toEqual([]);
          expect(dynamicImports).toEqual([]);
          expect(hasComputedImport).toBe(false);
          for (const { specifier } of requests) expect(found).toContain(specifier);
        }
      }),
      { seed: 20_270_512, numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(500);
  });
});
