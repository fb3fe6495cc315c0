// A source as runs of text, each with what it is in the syntax: highlight.js finds that out, here it is cut into lines.
import { createRequire } from "node:module";
import type { CodeLine, CodeSegment } from "./code-line.ts";
import { type CodeLanguage, codeLanguages } from "./language.ts";

/** The part of highlight.js that is used. Its own types bring those of browsers along, which contradict Node's. */
interface HighlightJs {
  registerLanguage(name: string, grammar: unknown): void;
  highlight(source: string, options: { language: string; ignoreIllegals: boolean }): { readonly value: string };
}

const require = createRequire(import.meta.url);
const hljs: HighlightJs = require("highlight.js/lib/core");
// As a file, each grammar goes by the name that it is registered under.
for (const language of codeLanguages)
  hljs.registerLanguage(language, require(`highlight.js/lib/languages/${language}`));

/**
 * What a scope of highlight.js is called in GitHub's own stylesheets. A scope that is not here looks like what is around
 * it; an empty name looks like plain text, whatever is around it.
 */
const kinds: Readonly<Record<string, string>> = {
  keyword: "k",
  comment: "c",
  quote: "c",
  string: "s",
  regexp: "s",
  number: "c1",
  literal: "c1",
  symbol: "c1",
  built_in: "c1",
  attr: "c1",
  attribute: "c1",
  "variable.language_": "c1",
  "variable.constant_": "c1",
  "title.function_": "en",
  "title.function_.invoke__": "en",
  "title.class_": "v",
  "title.class_.inherited__": "v",
  type: "v",
  name: "ent",
  tag: "ent",
  "selector-tag": "ent",
  "selector-class": "en",
  "selector-id": "en",
  meta: "en",
  subst: "",
};

// A start tag with its classes, an end tag, or text.
const token = /<span class="([^"]*)">|<\/span>|[^<]+/g;

/** Cuts a source into highlighted lines. What it takes grows with the square of a word's length: see highlighter.ts. */
export function highlightedLines(source: string, language: CodeLanguage): CodeLine[] {
  const { value } = hljs.highlight(source, { language, ignoreIllegals: true });
  const lines: CodeSegment[][] = [[]];
  const open: string[] = [];
  for (const [piece, classes] of value.matchAll(token)) {
    if (classes !== undefined) open.push(kindOf(classes) ?? open.at(-1) ?? "");
    else if (piece === "</span>") open.pop();
    else addText(lines, decoded(piece), open.at(-1) ?? "");
  }
  return lines;
}

function kindOf(classes: string): string | undefined {
  return kinds[classes.replace("hljs-", "").replaceAll(" ", ".")];
}

function addText(lines: CodeSegment[][], text: string, kind: string): void {
  for (const [index, part] of text.split("\n").entries()) {
    if (index > 0) lines.push([]);
    const line = lines.at(-1);
    const last = line?.at(-1);
    if (line === undefined || part === "") continue;
    // Blanks look the same in every colour.
    if (last !== undefined && (last.kind === kind || part.trim() === ""))
      line[line.length - 1] = { text: last.text + part, kind: last.kind };
    else line.push({ text: part, kind });
  }
}

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
};

function decoded(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => entities[entity] ?? entity);
}
