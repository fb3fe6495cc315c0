// The import attributes of one statement. `with { type: "json" }` is known; everything else is refused.
import type * as ESTree from "oxc-parser";
import type { SourceFinding, Span } from "./record.ts";

interface Attributes {
  /** Where the statement says that the module is JSON. */
  readonly jsonAttribute: Span | undefined;
  readonly findings: readonly SourceFinding[];
}

/** Takes the specifier's literal and the attributes that follow it in the source. */
export function readAttributes(
  source: string,
  specifier: Span,
  attributes: readonly ESTree.ImportAttribute[],
): Attributes {
  const [first] = attributes;
  if (first === undefined) return { jsonAttribute: undefined, findings: [] };
  const findings: SourceFinding[] = [];
  // The parser takes the old `assert { … }` for `with { … }`; V8 does not know it any more.
  const keyword = /\bassert\b/.exec(source.slice(specifier.end, first.start));
  if (keyword) {
    const start = specifier.end + keyword.index;
    const message = "Import assertions are no longer JavaScript";
    const remedy = "Write `with` instead of `assert`";
    findings.push({ code: "syntax-error", start, end: start + "assert".length, message, remedy });
  }
  let jsonAttribute: Span | undefined;
  for (const { key, value, start, end } of attributes) {
    const name = key.type === "Literal" ? key.value : key.name;
    if (name === "type" && value.value === "json") {
      jsonAttribute = { start, end };
      continue;
    }
    const message = `The import attribute ${source.slice(start, end)} is not supported`;
    const remedy = 'Take it out; only `with { type: "json" }` is known';
    findings.push({ code: "unsupported-syntax", start, end, message, remedy });
  }
  return { jsonAttribute, findings };
}
