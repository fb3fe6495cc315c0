// A source as runs of text, each with what it is in the syntax: highlight.js finds that out, here it is cut into lines.
import hljs from "highlight.js/lib/core";
import css from "highlight.js/lib/languages/css";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import type { CodeLine, CodeSegment } from "./code-line.ts";
import type { CodeLanguage } from "./language.ts";

const grammars = { css, javascript, json, python, typescript, xml, yaml } as const satisfies Record<
  CodeLanguage,
  unknown
>;
for (const [name, grammar] of Object.entries(grammars)) hljs.registerLanguage(name, grammar);

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
    if (last !== undefined && (last.kind === kind || part.trim() === "")) line[line.length - 1] = { text: last.text + part, kind: last.kind };
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
