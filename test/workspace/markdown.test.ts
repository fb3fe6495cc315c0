import { describe, expect, test } from "vitest";
import { count, markdownCode, markdownText } from "../../src/workspace/markdown.ts";

describe("markdownText()", () => {
  test.each([
    ["a mention", "thanks @octocat", /@octocat/],
    ["an image", "![x](https://evil.example/pixel.png)", /!\[|https:\/\//],
    ["a link", "see [here](https://evil.example)", /\[here\]|https:\/\//],
    ["markup", "<script>alert(1)</script>", /<script>/],
    ["a table's cell", "a | b", /[^\\]\|/],
    ["lines", "one\n## two", /\n/],
  ])("disarms %s", (_, text, harmful) => {
    expect(text).toMatch(harmful);
    expect(markdownText(text)).not.toMatch(harmful);
  });

  test("leaves plain words as they are", () => {
    expect(markdownText("Cannot find module")).toBe("Cannot find module");
  });
});

describe("markdownCode()", () => {
  test("fences text that holds back-ticks in longer ones", () => {
    expect(markdownCode("a `b` c")).toBe("``a `b` c``");
    expect(markdownCode("`b`")).toBe("`` `b` ``");
  });

  test("keeps a pipe from ending a table's cell", () => {
    expect(markdownCode("a|b")).toBe("<code>a&#124;b</code>");
  });

  test("shows control characters as pictures of them", () => {
    expect(markdownCode("a\u0001\u001b[31mb\u0085c\u007fd")).toBe("`a\u2401\u241b[31mb\ufffdc\ufffdd`");
  });

  test("keeps to one line", () => {
    expect(markdownCode("a\nb")).toBe("`a b`");
  });
});

describe("count()", () => {
  test.each([
    [0, "0 files"],
    [1, "1 file"],
    [1234, "1,234 files"],
  ])("counts %i", (amount, words) => {
    expect(count(amount, "file")).toBe(words);
  });
});
