// The three-way view says of every line where it came from, and never loses or invents one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linesOf } from "../../src/history/lines.ts";
import { type Region, threeWay } from "../../src/history/three-way.ts";

const text = fc.array(fc.constantFrom("a", "b", "c", "d", "}"), { maxLength: 14 }).map((lines) => lines.join("\n"));

describe("threeWay()", () => {
  test("gives back each text, line by line", () => {
    fc.assert(
      fc.property(text, text, text, (base, theirs, yours) => {
        const regions = threeWay(base, theirs, yours);
        for (const [name, whole] of Object.entries({ base, theirs, yours })) {
          const spans = regions.map((region) => region[name as "base" | "theirs" | "yours"]);
          expect(spans.flatMap(({ lines }) => lines)).toEqual(linesOf(whole));
          let line = 1;
          for (const span of spans) {
            expect(span.line).toBe(line);
            line += span.lines.length;
          }
        }
      }),
    );
  });

  test("each region is what it is called", () => {
    const equal = (one: Region["base"], other: Region["base"]) => one.lines.join("\n") === other.lines.join("\n");
    fc.assert(
      fc.property(text, text, text, (...texts) => {
        for (const { kind, base, theirs, yours } of threeWay(...texts)) {
          const changed = { same: [false, false], yours: [false, true], theirs: [true, false] };
          if (kind === "both") expect(equal(theirs, yours)).toBe(true);
          else if (kind === "conflict") expect(equal(theirs, yours)).toBe(false);
          else expect([!equal(base, theirs), !equal(base, yours)]).toEqual(changed[kind]);
        }
      }),
    );
  });

  test("is the same for both sides, with their names exchanged", () => {
    const exchanged = { same: "same", yours: "theirs", theirs: "yours", both: "both", conflict: "conflict" };
    fc.assert(
      fc.property(text, text, text, (base, one, other) => {
        const there = threeWay(base, one, other);
        const back = threeWay(base, other, one);
        expect(back.map(({ kind }) => kind)).toEqual(there.map(({ kind }) => exchanged[kind]));
      }),
    );
  });

  test.each([
    ["1\n2\n3", "1\n2\n3\n4", "0\n1\n2\n3", ["yours", "same", "theirs"]],
    ["1\n2\n3", "1\nx\n3", "1\ny\n3", ["same", "conflict", "same"]],
    ["1\n2\n3", "1\nx\n3", "1\nx\n3", ["same", "both", "same"]],
    ["1\n2\n3", "1\nx\n3", "1\n2\ny", ["same", "conflict"]],
    ["", "1", "2", ["conflict"]],
    ["1\r\n2\r\n", "1\n2\n", "1\n2", ["same"]],
  ])("%j, %j and %j", (base, theirs, yours, kinds) => {
    expect(threeWay(base, theirs, yours).map(({ kind }) => kind)).toEqual(kinds);
  });
});
