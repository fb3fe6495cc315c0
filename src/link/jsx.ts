// JSX, by its name: to a parser of JavaScript it is a comparison that goes wrong somewhere behind it.
import { type ParseResult, Visitor } from "oxc-parser";
import type { SourceFinding, Span } from "./record.ts";

const looksLikeJsx = /<\/|\/>|<>/;

/**
 * Finds the first JSX of a source that did not parse, where it would parse with it. `parse` reads the source as if JSX were
 * meant.
 */
export function findJsx(source: string, parse: () => ParseResult): SourceFinding | undefined {
  if (!looksLikeJsx.test(source)) return undefined;
  const { program, errors } = parse();
  if (errors.length > 0) return undefined;
  let first: Span | undefined;
  const note = ({ start, end }: Span) => {
    if (first === undefined || start < first.start) first = { start, end };
  };
  new Visitor({
    JSXElement: ({ openingElement }) => note(openingElement),
    JSXFragment: ({ openingFragment }) => note(openingFragment),
  }).visit(program);
  return first && jsxFinding(first);
}

/** What is said of JSX. */
export function jsxFinding({ start, end }: Span): SourceFinding {
  const message = "JSX is not JavaScript, and no step here makes it so";
  return { code: "unsupported-syntax", start, end, message, remedy: "Write the function calls that it stands for" };
}
