// Holds what commands print with --json to the document that they declare.
import { z } from "zod";
import { documentOf, leafCommands } from "../../script/reference/commands.ts";
import { failure } from "../../src/cli/document-shapes.ts";

const documents = new Map(leafCommands().map(({ name, command }) => [name, documentOf(command)]));

/**
 * Throws where a command line with `--json` printed another document than its command declares. Gives the document.
 * `args` are those after `bifrost`.
 */
export function declaredDocument(args: readonly string[], stdout: string) {
  const document = JSON.parse(stdout);
  if (failure.safeParse(document).success) return document;
  const name = [2, 1]
    .map((count) => ["bifrost", ...args.slice(0, count)].join(" "))
    .find((each) => documents.has(each));
  const schema = name === undefined ? undefined : documents.get(name);
  if (schema === undefined) throw new Error(`"bifrost ${args.join(" ")}" declares no document`);
  const { error } = schema.safeParse(document);
  if (error !== undefined) {
    throw new Error(
      `"bifrost ${args.join(" ")}" printed another document than it declares:\n${z.prettifyError(error)}`,
    );
  }
  return document;
}
