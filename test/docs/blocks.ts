// A page of documentation as what is to be run of it: its fenced blocks, in order, and what stands before each.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Block {
  /** The page's path from the root of the repository. */
  readonly page: string;
  /** The line of the fence, from 1. */
  readonly line: number;
  /** The fence's first word. */
  readonly language: string;
  /** The words after it, which are not shown: how the block is run. */
  readonly flags: readonly string[];
  readonly text: string;
  /** The path in back-ticks that the line before the block begins with: whose content the block is. */
  readonly path: string | undefined;
}

/** What a page asks of the test between two blocks, in a comment that is not shown: `<!-- test: install acme-inc -->`. */
export interface Request {
  readonly page: string;
  readonly line: number;
  readonly request: string;
}

export function readPage(page: string): (Block | Request)[] {
  const lines = readFileSync(`${root}${page}`, "utf8").split("\n");
  const found: (Block | Request)[] = [];
  let before = "";
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const [, indent = "", language, flags = ""] = /^( *)```(\w*) ?(.*)$/.exec(line) ?? [];
    if (language === undefined) {
      const request = /^<!-- test: (.+) -->$/.exec(line)?.[1];
      if (request !== undefined) found.push({ page, line: index + 1, request });
      else if (line.trim() !== "") before = line;
      continue;
    }
    const end = lines.indexOf(`${indent}\`\`\``, index + 1);
    if (end === -1) throw new Error(`${page}:${index + 1}: the block does not end`);
    const text = lines.slice(index + 1, end).map((each) => each.slice(indent.length));
    found.push({
      page,
      line: index + 1,
      language,
      flags: flags.split(" ").filter(Boolean),
      text: `${text.join("\n")}\n`,
      path: /^`([^`]+)`/.exec(before)?.[1],
    });
    before = "";
    index = end;
  }
  return found;
}

export function isBlock(item: Block | Request): item is Block {
  return "text" in item;
}

/** A block, with the output that is shown below it where it is one of the shell. */
export interface Step {
  readonly block: Block;
  readonly output: string | undefined;
}

/** What a page has to be followed in: its blocks and requests. */
export function stepsOf(page: string): (Step | Request)[] {
  const items = readPage(page);
  return items.flatMap((item, index): (Step | Request)[] => {
    if (!isBlock(item)) return [item];
    const previous = items[index - 1];
    if (item.language === "text") {
      if (previous !== undefined && isBlock(previous) && previous.language === "sh") return [];
      throw new Error(
        `${page}:${item.line}: output of nothing: put it right below the block of the shell that prints it`,
      );
    }
    const next = items[index + 1];
    const output = next !== undefined && isBlock(next) && next.language === "text" ? next.text : undefined;
    return [{ block: item, output: item.language === "sh" ? output : undefined }];
  });
}
