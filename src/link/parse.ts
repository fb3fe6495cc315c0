// From a source to its record: the entrance to parsing. What a file is written in is told by its extension alone.
import { type ParseResult, type ParserOptions, parseSync, rawTransferSupported } from "oxc-parser";
import { moduleExtension, type WorkspacePath } from "../workspace/path.ts";
import { readDynamicImports } from "./dynamic-imports.ts";
import { findUnsupportedSyntax } from "./erasable.ts";
import { findJsx, jsxFinding } from "./jsx.ts";
import { parseJson } from "./parse-json.ts";
import { brokenRecord, type ModuleRecord, type SourceFinding } from "./record.ts";
import { readStatements } from "./statements.ts";

export type SourceLanguage = "typescript" | "javascript" | "json";

/** What a path is written in, or `undefined` where it cannot be linked. */
export function languageOf(path: WorkspacePath): SourceLanguage | undefined {
  switch (moduleExtension(path)) {
    case ".ts":
    case ".mts":
      return "typescript";
    case ".js":
    case ".mjs":
      return "javascript";
    case ".json":
      return "json";
    default:
      return undefined;
  }
}

export interface ParseOptions {
  /**
   * Takes three times as long, and reads sources of many thousand import statements. Otherwise they end the process: the parser
   * takes memory to the square of them (measured: 2 GiB for 5,000) of an arena that cannot grow.
   */
  readonly isRoomy?: boolean;
}

/**
 * Gives the record of a source; what is wrong with the source is in the record. A source that is nested deeply enough ends
 * the whole process, because the parser is native and recurses: sources of strangers are parsed where that does no harm.
 */
export function parseModule(source: string, language: SourceLanguage, options: ParseOptions = {}): ModuleRecord {
  try {
    return parse(source, language, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = "The file is nested too deeply to be read";
    return brokenRecord([{ code: "syntax-error", start: 0, end: 0, message, remedy: "Split the expression" }]);
  }
}

function parse(source: string, language: SourceLanguage, { isRoomy = false }: ParseOptions): ModuleRecord {
  if (language === "json") return parseJson(source);
  const lang = language === "typescript" ? "ts" : "js";
  const how = { lang, sourceType: "module", showSemanticErrors: true } as const;
  const read = (as: ParserOptions) => (isRoomy ? parseSync : parseQuickly)(`module.${as.lang}`, source, as);
  const parsed = read(how);
  const errors = parsed.errors.filter(({ severity }) => severity === "Error");
  if (errors.length > 0) {
    const whole = findConflictMarker(source) ?? findJsx(source, () => read({ ...how, lang: `${lang}x` }));
    if (whole !== undefined) return brokenRecord([whole]);
    return brokenRecord(
      errors.map(({ message, labels, helpMessage }): SourceFinding => {
        // Of several places the last is where the second of two things that exclude each other stands.
        const place = labels.at(-1) ?? { start: 0, end: 0 };
        if (message.startsWith("Unexpected JSX expression")) return jsxFinding(place);
        return {
          code: "syntax-error",
          start: place.start,
          end: place.end,
          message: message.replace(/\.$/, ""),
          ...(helpMessage === null ? {} : { remedy: helpMessage.replace(/\.$/, "") }),
        };
      }),
    );
  }
  const dynamicImports = readDynamicImports(parsed.module, source);
  const hasComputedImport = dynamicImports.length < parsed.module.dynamicImports.length;
  const record = { ...readStatements(parsed.program, source), dynamicImports, hasComputedImport };
  const findings = [...findUnsupportedSyntax(parsed.program), ...record.findings];
  return findings.length === 0 ? record : { ...record, findings, isOpen: true };
}

/** The first of the marks that git leaves where it could not merge: whatever else is said of the file follows from it. */
function findConflictMarker(source: string): SourceFinding | undefined {
  const found = /^(?:<{7}|>{7}|\|{7})(?: .*)?$/m.exec(source);
  if (found === null) return undefined;
  return {
    code: "syntax-error",
    start: found.index,
    end: found.index + found[0].length,
    message: "The file holds a conflict that git could not merge",
    remedy: "Keep what is right of both sides, and take the conflict markers out",
  };
}

let isRawTransferPossible = rawTransferSupported();

/**
 * Parses into memory that JavaScript reads as it is, a third of the time that a syntax tree as JSON takes. It needs 6 GiB of
 * address space, next to none of it ever touched; where a process may not have that much, the slower way will do.
 */
function parseQuickly(path: string, source: string, options: Parameters<typeof parseSync>[2]): ParseResult {
  if (isRawTransferPossible) {
    try {
      const quick = { ...options, experimentalRawTransfer: true };
      return parseSync(path, source, quick);
    } catch (error) {
      if (!(error instanceof RangeError) || !error.message.startsWith("Array buffer allocation")) throw error;
      isRawTransferPossible = false;
    }
  }
  return parseSync(path, source, options);
}
