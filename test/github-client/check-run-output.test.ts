import fc from "fast-check";
import { expect, test } from "vitest";
import { outputOf } from "../../src/github/check-run-output.ts";
import type { CheckAnnotation, CheckRunDraft } from "../../src/github/github.ts";

const mark: CheckAnnotation = { path: "a.ts", line: 1, level: "failure", title: "code", message: "words" };

function draft(changes: Partial<CheckRunDraft>): CheckRunDraft {
  return {
    name: "bifrost",
    headSha: "0".repeat(40),
    externalId: "",
    status: "completed",
    title: "",
    summary: "",
    annotations: [],
    startedAt: new Date(0),
    ...changes,
  };
}

test("outputOf() leaves what fits as it is", () => {
  const fits = { title: "t".repeat(255), summary: "s".repeat(65_535), text: "ü".repeat(65_535) };
  expect(outputOf(draft({ ...fits, annotations: [] }))).toEqual({ ...fits, annotations: [] });
});

test("outputOf() cuts a summary at a line's end and says how much is missing", () => {
  const lines = Array.from({ length: 10_000 }, (_, number) => `- line ${number}`).join("\n");
  const { summary } = outputOf(draft({ summary: lines }));
  expect(summary.length).toBeLessThanOrEqual(65_535);
  const [kept = "", missing] = summary.split(/\n\n_Cut here: (\d+) more characters/);
  expect(lines.startsWith(`${kept}\n`)).toBe(true);
  expect(Number(missing)).toBe(lines.length - kept.length);
});

test("outputOf() closes a fenced block that a cut leaves open, so that the closing line is read", () => {
  const { summary } = outputOf(draft({ summary: `\`\`\`\n${"x\n".repeat(40_000)}\`\`\`` }));
  expect(summary).toMatch(/\nx\n```\n\n_Cut here: \d+ more characters do not fit into a check run\._$/);
});

test("outputOf() counts the annotations left out even where the summary is full", () => {
  const { summary, annotations } = outputOf(draft({ summary: "s".repeat(70_000), annotations: Array(501).fill(mark) }));
  expect(summary.length).toBeLessThanOrEqual(65_535);
  expect(summary).toMatch(/_Cut here: .*_\n\n1 more annotations are not shown: GitHub takes 500 here\.$/);
  expect(annotations).toHaveLength(500);
});

test("outputOf() cuts an annotation's message by bytes and never within a character", () => {
  const [cut] = outputOf(draft({ annotations: [{ ...mark, message: "é🌉".repeat(20_000) }] })).annotations;
  expect(Buffer.byteLength(cut?.message ?? "")).toBeLessThanOrEqual(64 * 1024);
  expect(cut?.message).toMatch(/^[é🌉]+… \(cut\)$/u);
});

test("outputOf() keeps every text within its limit and whole, whatever it is given", () => {
  const long = fc.string({ unit: "grapheme", minLength: 200, maxLength: 400 }).map((part) => part.repeat(300));
  fc.assert(
    fc.property(long, (words) => {
      const cut = outputOf(
        draft({ title: words, summary: words, text: words, annotations: [{ ...mark, title: words }] }),
      );
      for (const text of [cut.title, cut.summary, cut.text ?? "", cut.annotations[0]?.title ?? ""]) {
        expect(text.isWellFormed() || !words.isWellFormed()).toBe(true);
      }
      expect(cut.title.length).toBeLessThanOrEqual(255);
      expect(cut.summary.length).toBeLessThanOrEqual(65_535);
      expect(cut.text?.length).toBeLessThanOrEqual(65_535);
    }),
    { numRuns: 50 },
  );
});

test("outputOf() sends no control character and no half of a surrogate pair, and keeps lines and tabs", () => {
  const words = "a\u0000b\u001b[31m\ud800\tc\nd\r\u0085";
  const read = "ab[31m\ufffd\tc\nd";
  const annotations = [{ ...mark, path: words, title: words, message: words }];
  expect(outputOf(draft({ title: words, summary: words, text: words, annotations }))).toMatchObject({
    title: read,
    summary: read,
    text: read,
    annotations: [{ path: read, title: read, message: read }],
  });
});
