// Forms are data for others: nothing is known of them here but that they must be JSON or YAML, by their names.
import { LineCounter, parseAllDocuments } from "yaml";
import { parseJson } from "../link/parse-json.ts";
import { placeOf } from "../link/position.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { entityTypeOf } from "../workspace/file.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { createBreath } from "./breath.ts";
import type { LayerSource } from "./layer-source.ts";

// The YAML parser takes some 100 ms for so much; a form is a few kilobytes.
const yamlCharactersMax = 256 * 1024;

/** Gives what is wrong with the forms of a layer: one finding for each, at the line where reading it stops. */
export async function checkForms(source: Pick<LayerSource, "read">, { scope, files }: Layer): Promise<Diagnostic[]> {
  const forms: LayeredFile[] = [];
  for (const [path, hash] of files) if (entityTypeOf(path) === "form") forms.push({ scope, path, hash });
  const breath = createBreath();
  const found: Diagnostic[] = [];
  for (const [file, content] of await source.read(forms)) {
    await breath();
    const fault = file.path.endsWith(".json") ? jsonFault(content) : yamlFault(content);
    if (fault === undefined) continue;
    const { message, ...place } = fault;
    const about = { scope: scopeSlug(scope), path: file.path, ...place };
    const remedy = "Correct it: whoever shows this form cannot read it as it is";
    found.push({
      code: "syntax-error",
      severity: "error",
      message: `The form cannot be read: ${message}`,
      ...about,
      remedy,
    });
  }
  return found;
}

type Fault = Pick<Diagnostic, "message" | "line" | "column">;

function jsonFault(content: string): Fault | undefined {
  const [fault] = parseJson(content).findings;
  return fault && { message: fault.message, ...placeOf(content, fault) };
}

function yamlFault(content: string): Fault | undefined {
  if (content.length > yamlCharactersMax) return undefined;
  const lines = new LineCounter();
  try {
    // Never made a value of: aliases stay what they are, however often they repeat.
    const documents = parseAllDocuments(content, { lineCounter: lines, prettyErrors: false });
    const error = [...documents].flatMap(({ errors }) => errors).at(0);
    if (error === undefined) return undefined;
    const { line, col } = lines.linePos(error.pos[0]);
    return {
      message: `Invalid YAML: ${error.message.replace(/\.$/, "")}`,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { message: "it is nested too deeply", line: 1, column: 1 };
  }
}
