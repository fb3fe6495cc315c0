// `--json` of every command, with the shape of the document that it prints: the reference prints the shapes, and a test holds
// what is printed to them.
import { Option } from "commander";
import type { z } from "zod";

export class JsonOption extends Option {
  /** Makes the document's schema: a function, so that no command that is only asked for its help pays for it. */
  readonly document: () => z.ZodType;

  constructor(document: () => z.ZodType, description: string) {
    super("--json", description);
    this.document = document;
  }
}

/** Makes the option `--json` of a command that prints this document. */
export function jsonOption(document: () => z.ZodType, description = "print one JSON document"): JsonOption {
  return new JsonOption(document, description);
}
