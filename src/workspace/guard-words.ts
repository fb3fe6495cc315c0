// What is said of a sync that waits for an operator, in the check run, on the command line and on the pages.
import { buttons } from "./button.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { count } from "./markdown.ts";
import type { Hold } from "./repository.ts";

/** The finding that a hold comes to. `scope` is the slug of the scope that would lose files. */
export function holdDiagnostic(
  repository: { readonly owner: string; readonly name: string },
  scope: string,
  hold: Hold,
): Diagnostic {
  return {
    code: "sync-held",
    severity: "error",
    message: `This commit would delete ${hold.deletes} of the ${count(hold.live, "live file")} of "${scope}": nothing is synced until somebody agrees`,
    scope: null,
    path: null,
    line: null,
    column: null,
    remedy: `Put the files back, let an admin of the repository press "${buttons.approveDeletes.label}", or an operator run: ${approveCommand(repository, hold)}`,
  };
}

/**
 * The command by which an operator agrees to what a commit deletes. It names the commit, so that it never agrees to
 * another one that came after it was read.
 */
function approveCommand(
  { owner, name }: { readonly owner: string; readonly name: string },
  { commit }: Pick<Hold, "commit">,
): string {
  return `bifrost repo approve ${owner}/${name} --commit ${commit.slice(0, 12)}`;
}
