// Who may touch a scope. This file is the only one that makes a `GrantedScope`, and the store takes nothing less, so
// resolving a scope and authorising it are one step.
import { globalScope, type Scope, sameScope } from "./scope.ts";

declare const proof: unique symbol;

/** Proof that whoever holds it may read this scope's layer. Only this file makes one. */
export interface GrantedScope {
  readonly scope: Scope;
  readonly access: "read" | "write";
  readonly [proof]: true;
}

/** Proof that whoever holds it may also change the scope. */
export interface WritableScope extends GrantedScope {
  readonly access: "write";
}

/** A scope's owner allows a repository, or every repository of an account, to feed it. Ids are GitHub's numeric ids. */
export type Grant = { readonly scope: Scope } & (
  | { readonly kind: "repository"; readonly repositoryId: number }
  | { readonly kind: "account"; readonly accountId: number }
);

function prove<A extends "read" | "write">(scope: Scope, access: A): GrantedScope & { readonly access: A } {
  return Object.freeze({ scope, access }) as GrantedScope & { readonly access: A };
}

/**
 * The second key: gives write access to the scope that a repository asks for if a grant names that scope and the
 * repository or its account, and `undefined` otherwise. Names play no part, so a rename changes nothing.
 */
export function grantRepository(
  requested: Scope,
  repository: { readonly id: number; readonly accountId: number },
  grants: Iterable<Grant>,
): WritableScope | undefined {
  for (const grant of grants) {
    if (!sameScope(grant.scope, requested)) continue;
    const names =
      grant.kind === "repository" ? grant.repositoryId === repository.id : grant.accountId === repository.accountId;
    if (names) return prove(requested, "write");
  }
  return undefined;
}

/** An operator holds the deployment's credentials and may read and write every scope. */
export function grantOperator(scope: Scope): WritableScope {
  return prove(scope, "write");
}

/** Whoever may touch an organisation sees what it sees: its own layer first, then global. Reading only. */
export function readableLayers(granted: GrantedScope): readonly GrantedScope[] {
  return granted.scope.kind === "global"
    ? [prove(globalScope, "read")]
    : [prove(granted.scope, "read"), prove(globalScope, "read")];
}

/** The layers that a run may read: those of the organisation that it belongs to, or global alone. */
export function grantRun(scope: Scope): readonly GrantedScope[] {
  return readableLayers(prove(scope, "read"));
}
