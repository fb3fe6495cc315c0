// What `--watch` does: prints a report, and another one whenever something in the folders has changed.
import { Fault } from "../errors.ts";
import { type CliIo, isTerminal, styleFor } from "./io.ts";
import { printable } from "./printable.ts";
import { watchFolders } from "./watch.ts";

/** Throws `Fault` `wrong-use` where reports are wanted as one document. */
export function refuseJson({ watch, json }: { readonly watch?: boolean; readonly json?: boolean }): void {
  if (!watch || !json) return;
  throw new Fault("wrong-use", "--watch prints for people, and --json one document", {
    remedy: "Leave one of them out",
  });
}

/** Reports again and again; only a signal ends it. A fault is reported as well: what causes it may be mended. */
export async function reportOnChange(
  io: CliIo,
  folders: readonly (string | undefined)[],
  report: () => Promise<string>,
): Promise<never> {
  const watcher = watchFolders(folders.filter((folder) => folder !== undefined));
  const style = styleFor(io.stdout);
  for (;;) {
    const text = await report().catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      return `${style(["red", "bold"], "error")}: ${printable(error.message)}\n`;
    });
    // Cleared only now, so that the last report can be read until there is a new one.
    if (isTerminal(io.stdout)) io.stdout.write("\u001b[2J\u001b[3J\u001b[H");
    io.stdout.write(`${text}${style("dim", "Waiting for changes. Ctrl+C ends.")}\n`);
    await watcher.changed();
  }
}
