// Pages that nobody follows: what stands in their blocks is checked as far as it can be. Containers, the tests themselves and
// what takes minutes are not run here: that what they name is there, and that the program takes the options, is what is said of them.
import { describe, expect, test } from "vitest";
import { type Block, isBlock, readPage } from "./blocks.ts";
import { allPages, coveredElsewhere, followedPages } from "./pages.ts";
import { problemsOf } from "./snippets.ts";
import { problemsOfLines } from "./unrun-lines.ts";

const pages = allPages.filter(
  (page) => !followedPages.includes(page) && !coveredElsewhere.some(([pattern]) => pattern.test(page)),
);
const blocks = pages.flatMap((page) => readPage(page).filter(isBlock));

describe("blocks that nobody runs", () => {
  test.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))("%s", async (_, block) => {
    expect(await problemsIn(block)).toEqual([]);
  });
});

async function problemsIn(block: Block): Promise<readonly string[]> {
  if (block.language === "sh") return await problemsOfLines(block.text);
  // A figure, and not a snippet: nothing in it is anybody's to run.
  if (block.language === "") return [];
  return problemsOf(block) ?? [`nobody reads blocks of ${block.language}: see test/docs/snippets.ts`];
}
