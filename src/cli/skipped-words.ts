// Imports of files that are there and were skipped: the reason is what their author has to know, and not that nothing of
// that name was found.
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { SkippedFile } from "../workspace/file.ts";
import { moduleName, type WorkspacePath } from "../workspace/path.ts";

/** A file of a layer that would not be synced. */
export interface SkippedOfLayer extends SkippedFile {
  /** The slug of the layer. */
  readonly scope: string;
}

/** Puts the reason to every finding that looked for a skipped file in vain. */
export function explainSkipped(diagnostics: readonly Diagnostic[], skipped: readonly SkippedOfLayer[]): Diagnostic[] {
  const byName = new Map<string, SkippedOfLayer>();
  for (const file of skipped.toReversed())
    byName.set(nameKey(file.scope, file.path.replace(/(?:\/index)?\.\w+$/, "")), file);
  return diagnostics.map((diagnostic) => {
    const { code, tried = [], nearest: _, ...rest } = diagnostic;
    if (code !== "module-not-found" || byName.size === 0) return diagnostic;
    const names = tried.map(({ scope, path }) => nameKey(scope, moduleName(path as WorkspacePath)));
    const file = names.map((name) => byName.get(name)).find((found) => found !== undefined);
    if (file === undefined) return diagnostic;
    const message = `${diagnostic.message}: ${file.path} of ${file.scope} is there and skipped`;
    return { code, ...rest, tried, message, remedy: file.detail };
  });
}

function nameKey(scope: string, name: string): string {
  return JSON.stringify([scope, name]);
}
