// Highlighting and what becomes of a line on the page: the text stays what it is, and nothing of it can hide or be HTML.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineEndsOf, plainLines, withoutLastEnd } from "../../src/dashboard/highlight/code-line.ts";
import { createHighlighters } from "../../src/dashboard/highlight/highlighter.ts";
import { codeLanguages } from "../../src/dashboard/highlight/language.ts";
import { highlightedLines } from "../../src/dashboard/highlight/segments.ts";
import { codeHtml } from "../../src/dashboard/parts/code.ts";
import { portionOf } from "../../src/dashboard/parts/row-portions.ts";
import { contentHash } from "../../src/digest.ts";

const textOf = (lines: readonly (readonly { readonly text: string }[])[]) =>
  lines.map((line) => line.map(({ text }) => text).join("")).join("\n");
const plain = (text: string) => [{ text, kind: "" }];

describe("highlightedLines()", () => {
  test("names what a source consists of as GitHub's stylesheets do", () => {
    const [first, second, third] = highlightedLines(
      "const a = `x ${b(1)} y`; // why\n/* two\nlines */ class C {}",
      "typescript",
    );
    expect(first).toEqual([
      { text: "const", kind: "k" },
      { text: " a = ", kind: "" },
      { text: "`x ", kind: "s" },
      { text: "${b(", kind: "" },
      { text: "1", kind: "c1" },
      { text: ")}", kind: "" },
      { text: " y`", kind: "s" },
      { text: "; ", kind: "" },
      { text: "// why", kind: "c" },
    ]);
    expect(second).toEqual([{ text: "/* two", kind: "c" }]);
    expect(third?.slice(0, 2)).toEqual([
      { text: "lines */ ", kind: "c" },
      { text: "class ", kind: "k" },
    ]);
  });

  test("gives back the very text, whatever it is", () => {
    const piece = fc.constantFrom(
      "<b>",
      "&amp;",
      "'\"",
      "\n",
      "\t",
      "const ",
      "/*",
      "*/",
      "`${",
      "}",
      "é",
      "\u202e",
      "# ",
      ": ",
      "def ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom(...codeLanguages), (pieces, language) => {
        const source = pieces.join("");
        expect(textOf(highlightedLines(source, language))).toBe(source);
      }),
    );
  });
});

describe("createHighlighters()", () => {
  const lines = (path: string, source: string, options = {}) =>
    createHighlighters(options)
      .of("acme")
      .lines(path, contentHash(Buffer.from(source)), source);

  test("highlights by the extension, and leaves alone what it does not know", async () => {
    expect(await lines("a.ts", "const a = 1;\n")).toEqual([
      [
        { text: "const", kind: "k" },
        { text: " a = ", kind: "" },
        { text: "1", kind: "c1" },
        { text: ";", kind: "" },
      ],
    ]);
    expect(await lines("apps/a.md", "const a\n")).toEqual([plain("const a")]);
  });

  test("shows a source plain that would hold it up, and goes on with the next", async () => {
    const highlighter = createHighlighters({ timeoutMs: 300 }).of("acme");
    const hostile = "a".repeat(100_000);
    expect(await highlighter.lines("a.ts", contentHash(Buffer.from(hostile)), hostile)).toEqual([plain(hostile)]);
    const next = await highlighter.lines("b.ts", contentHash(Buffer.from("null")), "null");
    // The new thread may take longer to start than a busy machine gives it; what is shown is right all the same.
    expect(textOf(next)).toBe("null");
  });

  test("shows a source plain that would wait for long", async () => {
    const highlighters = createHighlighters({ timeoutMs: 500, waitMs: 10 });
    const hostile = "a".repeat(100_000);
    const slow = highlighters.of("acme").lines("a.ts", contentHash(Buffer.from(hostile)), hostile);
    const lines = await highlighters.of("globex").lines("b.ts", contentHash(Buffer.from("false")), "false");
    expect(lines).toEqual([plain("false")]);
    await slow;
    // It was not remembered as plain.
    const again = await highlighters.of("globex").lines("b.ts", contentHash(Buffer.from("false")), "false");
    expect(again).toEqual([[{ text: "false", kind: "c1" }]]);
  });

  test("shows a long source plain", async () => {
    expect(await lines("a.ts", "let a;\n", { lengthMax: 3 })).toEqual([plain("let a;")]);
  });

  test("counts lines as editors do, however they end", async () => {
    for (const ends of ["\n", "\r\n", "\r"]) {
      expect((await lines("a.ts", ["let a;", "", "let b;", ""].join(ends))).map((line) => line.length > 0)).toEqual([
        true,
        false,
        true,
      ]);
    }
  });
});

test.each([
  ["", "none"],
  ["a", "none"],
  ["a\nb\n", "LF"],
  ["a\r\nb", "CRLF"],
  ["a\rb", "CR"],
  ["a\r\nb\n", "mixed"],
])("lineEndsOf(%j) is %s", (text, ends) => {
  expect(lineEndsOf(text)).toBe(ends);
});

test("a line end at the end makes no line", () => {
  expect(withoutLastEnd(plainLines("a\n")).length).toBe(1);
  expect(withoutLastEnd(plainLines("a\n\n")).length).toBe(2);
});

describe("codeHtml()", () => {
  test("escapes, and marks what differs across colours", () => {
    const line = [
      { text: "if ", kind: "k" },
      { text: "(a<b)", kind: "" },
    ];
    expect(codeHtml(line, [{ start: 1, end: 5 }])).toBe(
      '<span class="pl-k">i<mark>f </mark></span><mark>(a</mark>&lt;b)',
    );
  });

  test.each([
    ["\u202e", "U+202E", "right-to-left override"],
    ["\u2066", "U+2066", "left-to-right isolate"],
    ["\u061c", "U+061C", "Arabic letter mark"],
  ])("shows %j by its number and its name", (character, code, name) => {
    expect(codeHtml(plain(`a${character}b`))).toBe(`a<span class="unseen bidi" title="${name}">${code}</span>b`);
  });

  test.each(["\u200b", "\ufeff", "\u00ad", "\u3164", "\0", "\x1b", "\u{e0041}"])(
    "shows %j by its number",
    (character) => {
      const html = codeHtml(plain(`a${character}b`));
      expect(html).toMatch(/^a<span class="unseen">U\+[0-9A-F]{4,5}<\/span>b$/);
    },
  );

  test("leaves letters of every script and emoji alone", () => {
    expect(codeHtml(plain("é שלום 中文 👩‍👩‍👧 \t"))).toBe("é שלום 中文 👩‍👩‍👧 \t");
  });

  test("cuts a line of data, and says how much is left out", () => {
    const html = codeHtml(plain("x".repeat(1_000_000)));
    expect(html.length).toBeLessThan(6_000);
    expect(html).toContain("995,000 more characters");
  });
});

test("portionOf() gives one portion, whatever number an address names", () => {
  const rows = ["one", "two", "three"];
  for (const [number, row] of [
    [1.5, "one"],
    [-1, "one"],
    [99, "three"],
  ] as const) {
    expect(portionOf(rows, number, 1).rows).toEqual([row]);
  }
});

test("portionOf() cuts rows so that each portion fits, and loses none", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 40 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 100 }),
      (rows, bytesMax) => {
        const { count, starts } = portionOf(rows, 1, bytesMax);
        const portions = Array.from({ length: count }, (_, index) => portionOf(rows, index + 1, bytesMax));
        expect(portions.flatMap((portion) => portion.rows)).toEqual(rows);
        expect(starts).toHaveLength(count);
        for (const { rows: some } of portions) {
          expect(some.length === 1 || Buffer.byteLength(some.join("")) <= bytesMax).toBe(true);
        }
      },
    ),
  );
});
