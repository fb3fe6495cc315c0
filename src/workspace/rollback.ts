// A scope that an operator made equal to a past revision, and that stays there until it is let go.
import type { Diagnostic } from "./diagnostic.ts";
import { type Scope, scopeSlug } from "./scope.ts";

export interface Rollback {
  readonly scope: Scope;
  /** The past revision that it equals. */
  readonly target: number;
  /** The revision that the rollback made; the one before it is what there was. */
  readonly revision: number;
  readonly by: string;
  readonly since: Date;
  /** Repositories, by id, that an operator has purged since: what they brought does not come back. */
  readonly purged: readonly number[];
}

/** The command that lets a scope follow its repositories again. */
export function releaseCommand(scope: Scope): string {
  return `bifrost rollback ${scopeSlug(scope)} --release`;
}

/** Says that a scope is held. The same words in the check runs, the command line and the pages. */
export function rollbackWords({ scope, target, by, since }: Rollback): string {
  return `"${scopeSlug(scope)}" is rolled back to revision ${target}, by ${by} at ${since.toISOString().slice(0, 16)}Z`;
}

/** The finding of a sync that writes nothing because of it. */
export function rollbackDiagnostic(rollback: Rollback): Diagnostic {
  return {
    code: "rolled-back",
    severity: "error",
    message: `${rollbackWords(rollback)}: nothing is synced until it is released`,
    scope: null,
    path: null,
    line: null,
    column: null,
    remedy: `Mend what it was rolled back for, then let an operator run: ${releaseCommand(rollback.scope)}`,
  };
}
