// Text of unknown origin on its way to a terminal. For JSON see `jsonText` in io.ts, which loses nothing.
import { stripVTControlCharacters } from "node:util";

/**
 * Gives text that a terminal shows and does not obey: without escape sequences, and with control characters and marks
 * that turn the reading direction replaced. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
