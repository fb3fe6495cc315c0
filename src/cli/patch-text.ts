// A patch for people: the text that `git apply` takes, coloured where it goes to a terminal.
import { type FileDiff, patchText } from "../history/file-diff.ts";
import type { Style } from "./io.ts";
import { printable } from "./printable.ts";

/**
 * The lines of a patch in git's colours, with what a terminal would obey made visible. Only for a terminal: what goes to
 * a file or a program is the patch itself, to the byte.
 */
export function colouredPatch(diff: FileDiff, style: Style): string {
  return patchText(diff)
    .split("\n")
    .map((line) => colouredLine(printable(line), style))
    .join("\n");
}

/** A line that begins as a patch's does, in git's colour for it. */
function colouredLine(line: string, style: Style): string {
  if (/^(?:diff --git|---|\+\+\+|new file|deleted file|rename) /.test(line)) return style("bold", line);
  if (line.startsWith("@@")) return style("cyan", line);
  if (line.startsWith("+")) return style("green", line);
  if (line.startsWith("-")) return style("red", line);
  return line;
}
