// Every link of the documentation leads somewhere: to a file that is kept, and to a heading in it.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./blocks.ts";
import { allPages } from "./pages.ts";

const withoutCode = (text: string) => text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "").replaceAll(/`[^`\n]*`/g, "``");

/** The addresses of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const anchors = new Set<string>();
  const plain = text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "");
  for (const [, heading = ""] of plain.matchAll(/^#{1,6} (.+)$/gm)) {
    const name = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    anchors.add(count === 0 ? name : `${name}-${count}`);
  }
  return anchors;
}

function linksOf(text: string): string[] {
  const plain = withoutCode(text);
  return [
    ...Array.from(plain.matchAll(/\]\(([^()\s]+)\)/g), ([, link = ""]) => link),
    ...Array.from(plain.matchAll(/(?:src|srcset|href)="([^"]+)"/g), ([, link = ""]) => link),
  ];
}

function problemOf(page: string, link: string): string | undefined {
  if (/^(?:https?|mailto):/.test(link)) return URL.canParse(link) ? undefined : "is no address";
  const [path = "", anchor] = link.split("#", 2);
  const target = path === "" ? page : normalize(join(dirname(page), path));
  const file = join(root, target);
  if (!existsSync(file)) return `leads to ${target}, which is not there`;
  if (anchor === undefined || statSync(file).isDirectory()) return undefined;
  if (!target.endsWith(".md")) return undefined;
  return anchorsOf(readFileSync(file, "utf8")).has(anchor)
    ? undefined
    : `leads to a heading that ${target} does not have`;
}

describe("links", () => {
  test.each(allPages)("%s", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const wrong = linksOf(text).flatMap((link) => {
      const problem = problemOf(page, link);
      return problem === undefined ? [] : [`${link} ${problem}`];
    });
    expect(wrong).toEqual([]);
  });
});

test("every page of docs/ is in its index, or in one that the index leads to", () => {
  const reached = new Set<string>();
  const reach = (page: string) => {
    if (reached.has(page) || !existsSync(join(root, page))) return;
    reached.add(page);
    for (const link of linksOf(readFileSync(join(root, page), "utf8"))) {
      const target = normalize(join(dirname(page), link.split("#", 1)[0] ?? ""));
      if (target.endsWith(".md")) reach(target);
    }
  };
  reach("README.md");
  // A decision is found by its folder, which GitHub lists.
  const pages = allPages.filter((page) => page.startsWith("docs/") && !page.startsWith("docs/decisions/"));
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});
