// What the parser and its child processes say to each other. A child answers with the records of the sources, in order.
import type { SourceToParse } from "./parser.ts";

/** What a child is asked. */
export interface ParseMessage {
  readonly sources: readonly SourceToParse[];
  /** See `ParseOptions` of the linker. */
  readonly isRoomy: boolean;
}

/** What a child says once it has loaded. */
export const ready = "ready";
