// What is said to a person about a binding that did not come about. The same words in the check run, the command line
// and the pages.
import { actorName } from "./audit.ts";
import { type BindingDecision, bindingPath } from "./binding.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { scopeSlug } from "./scope.ts";

/** The command by which an operator grants a scope to a repository. */
export function grantCommand(scope: string, repository: { readonly owner: string; readonly name: string }): string {
  return `bifrost grant ${scope} ${repository.owner}/${repository.name}`;
}

/** The findings that a decision other than `bound` comes to, at the line of the file that asks for the scope. */
export function bindingDiagnostics(
  decision: Exclude<BindingDecision, { readonly kind: "bound" }>,
  repository: { readonly owner: string; readonly name: string },
  manifestText: string,
): Diagnostic[] {
  const at = { scope: null, path: bindingPath, line: lineOf("scope", manifestText), column: 1 } as const;
  const name = `${repository.owner}/${repository.name}`;
  switch (decision.kind) {
    case "pending": {
      const scope = decision.name;
      return [
        {
          ...at,
          code: "scope-refused",
          severity: "error",
          message: `${name} asks for the scope "${scope}", which has not been granted to it: nothing is synced`,
          remedy: `An operator or an admin of "${scope}" runs: ${grantCommand(scope, repository)}`,
        },
      ];
    }
    case "unknown-scope":
      return [
        {
          ...at,
          code: "scope-refused",
          severity: "error",
          message: `There is no scope "${decision.requested}": nothing is synced and what is stored stays`,
          remedy: `Correct the name, or let an operator run: bifrost org create ${decision.requested}`,
        },
      ];
    case "other-scope": {
      const bound = scopeSlug(decision.bound);
      return [
        {
          ...at,
          code: "scope-refused",
          severity: "error",
          message: `${name} is bound to "${bound}" and its file asks for "${decision.requested}": the sync is stopped and what is stored stays`,
          remedy: `Set "scope: ${bound}" again, or let an operator run: bifrost repo rebind ${name} ${decision.requested}`,
        },
      ];
    }
    default:
      throw decision satisfies never;
  }
}

/** The finding that a request comes to which somebody has refused, at the line of the file that asks. */
export function refusedRequest(
  { scope, by, at }: { readonly scope: string; readonly by: string; readonly at: Date },
  repository: { readonly owner: string; readonly name: string },
  manifestText: string,
): Diagnostic {
  const when = at.toISOString().slice(0, 10);
  return {
    code: "scope-refused",
    severity: "error",
    message: `${actorName(by)} refused the scope "${scope}" to ${repository.owner}/${repository.name} on ${when}: nothing is synced`,
    scope: null,
    path: bindingPath,
    line: lineOf("scope", manifestText),
    column: 1,
    remedy: `Talk to them; a change of ${bindingPath} asks again, or they run: ${grantCommand(scope, repository)}`,
  };
}

/** The remark on a file that looks like the repository's own and is not at its place. */
export function misplacedManifest(path: string): Diagnostic {
  return {
    code: "config-invalid",
    severity: "warning",
    message: `${path} is not read: the file's name is ${bindingPath}`,
    scope: null,
    path,
    line: 1,
    column: 1,
    remedy: `Rename it to ${bindingPath}`,
  };
}

/** A bound repository whose file is gone. */
export function missingManifest(scope: string): Diagnostic {
  return {
    code: "config-invalid",
    severity: "error",
    message: `${bindingPath} is missing: without it nothing is synced, and what is stored of "${scope}" stays`,
    scope: null,
    path: null,
    line: null,
    column: null,
    remedy: `Put ${bindingPath} back with "scope: ${scope}", or take the app off the repository`,
  };
}

/** A root folder that holds nothing is most likely misspelt, and syncing it would delete everything. */
export function missingRoot(root: string, manifestText: string): Diagnostic {
  return {
    code: "config-invalid",
    severity: "error",
    message: `The folder "${root}" that ${bindingPath} names as root holds no files: nothing is synced and what is stored stays`,
    scope: null,
    path: bindingPath,
    line: lineOf("root", manifestText),
    column: 1,
    remedy: `Correct "root", or leave it out where the modules lie at the repository's root`,
  };
}

/** What an author adds to bind a repository, as a file. */
export const manifestExample = "scope: your-organisation   # an organisation's slug, or global\n";

/** The line that sets a key of the file, or the first. */
export function lineOf(key: string, manifestText: string): number {
  const isSet = new RegExp(`^\\s*["']?${key}["']?\\s*:`);
  return Math.max(1, 1 + manifestText.split("\n").findIndex((text) => isSet.test(text)));
}
