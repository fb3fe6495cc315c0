// JSON as a module: its value is the default export. The value itself is of no interest here.
import { brokenRecord, type ModuleRecord, recordOfNames } from "./record.ts";

/** Gives the record of a JSON text, broken at the place where `JSON.parse` stops. */
export function parseJson(source: string): ModuleRecord {
  const problem = problemOf(source);
  if (problem === undefined) return recordOfNames(["default"]);
  if (source.startsWith("\ufeff")) {
    const message = "JSON may not begin with a byte order mark";
    const remedy = "Save the file as UTF-8 without a byte order mark";
    return brokenRecord([{ code: "syntax-error", start: 0, end: 0, message, remedy }]);
  }
  const start = faultOffset(source, problem);
  // V8 quotes the text around the fault in some messages; the place is said by line and column.
  const message = `Invalid JSON: ${problem.replace(/(?:, (?:\.{3})?"[\s\S]*| in JSON at position [\s\S]*)$/, "")}`;
  return brokenRecord([{ code: "syntax-error", start, end: start, message }]);
}

function problemOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Where parsing stops. V8 says so in most messages; for the others, the longest beginning without a fault is sought. */
function faultOffset(source: string, problem: string): number {
  const said = positionIn(problem);
  if (said !== undefined) return said;
  let sound = 0;
  let faulty = source.length + 1;
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1;
    if (mayGoOn(source.slice(0, middle))) sound = middle;
    else faulty = middle;
  }
  return sound;
}

/** Whether a text is the beginning of JSON: sound as it is, or with nothing wrong but its end. */
function mayGoOn(text: string): boolean {
  const problem = problemOf(text);
  if (problem === undefined) return true;
  return problem.includes("end of JSON input") || positionIn(problem) === text.length;
}

function positionIn(problem: string): number | undefined {
  const digits = / at position (\d+)/.exec(problem)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
