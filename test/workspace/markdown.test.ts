import { describe, expect, test } from "vitest";
import { count, markdownCode, markdownText } from "../../src/workspace/markdown.ts";

describe("markdownText()", () => {
  test.each([
    ["a mention", "thanks @octocat", /@octocat/],
    ["an image", "![x](https://evil.example/pixel.png)", /!\[|https:\/\//],
    ["a link", "see [here](https://evil.example)", /\[here\]|https:\/\//],
    ["a bare domain", "see WWW.evil.example, _www.evil.example", /www\./i],
    ["a reference", "see #12", /#12/],
    ["a reference in GitHub's own letters", "see GH-12 and gh-13", /gh-\d/i],
    ["markup", "<script>alert(1)</script>", /<script>/],
    ["a table's cell", "a | b", /[^\\]\|/],
    ["lines", "one\n## two", /\n/],
  ])("disarms %s", (_, text, harmful) => {
    expect(text).toMatch(harmful);
    expect(markdownText(text)).not.toMatch(harmful);
  });

  test("keeps what is rendered from reading as a mention or a reference", () => {
    expect(markdownText("@octocat #12 GH-12")).toBe("&#64;&#8203;octocat &#35;&#8203;12 GH-&#8203;12");
    expect(markdownText("#12 failed")).toBe("&#35;&#8203;12 failed");
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

  test("takes any number of back-ticks", () => {
    expect(markdownCode("` ".repeat(300_000))).toMatch(/^`` ` .* ` ``$/);
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
