// Who may touch a scope. This file is the only one that makes a `GrantedScope`, and the store takes nothing less, so
// resolving a scope and authorising it are one step.
import { globalScope, type Scope, sameScope } from "./scope.ts";

declare const proof: unique symbol;

/** Proof that whoever holds it may read this scope's layer. Only this file makes one. */
export interface GrantedScope {
  readonly scope: Scope;
  readonly access: "read" | "write";
  /** The layer as it was at this revision and no other: what an organisation that is pinned sees of global. */
  readonly at?: number;
  readonly [proof]: true;
}

/** Proof that whoever holds it may also change the scope. */
export interface WritableScope extends GrantedScope {
  readonly access: "write";
  readonly at?: never;
}

/** Proof that it is an operator of the deployment who asks. Only this file makes one. */
export interface OperatorScope extends WritableScope {
  readonly by: "operator";
}

/** A scope's owner allows a repository, or every repository of an account, to feed it. Ids are GitHub's numeric ids. */
export type Grant = { readonly scope: Scope } & (
  | { readonly kind: "repository"; readonly repositoryId: number }
  | { readonly kind: "account"; readonly accountId: number }
);

/** A grant as people see it. */
export interface ListedGrant {
  readonly grant: Grant;
  /** `OWNER/REPO`, or `OWNER/*` for a whole account; null where nobody knows the name any more. */
  readonly target: string | null;
  /** Who granted it: see `Act` in `store/audit.ts` for its forms. */
  readonly by: string;
  readonly at: Date;
}

function prove<A extends "read" | "write">(scope: Scope, access: A): GrantedScope & { readonly access: A; at?: never } {
  return Object.freeze({ scope, access }) as GrantedScope & { readonly access: A; at?: never };
}

/** The global layer as it was at a revision, which everyone who may be pinned to it may read. */
export function grantPinned(at: number): GrantedScope {
  return Object.freeze({ scope: globalScope, access: "read", at }) as unknown as GrantedScope;
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
export function grantOperator(scope: Scope): OperatorScope {
  return Object.freeze({ ...prove(scope, "write"), by: "operator" }) as OperatorScope;
}

/**
 * A person sees a scope if GitHub says that they can read a repository bound to it, and may change it if they are an
 * admin of one. Takes the ids of the repositories that are bound to the scope, and what GitHub says of the person, by
 * repository id. Gives `undefined` where the two have nothing in common.
 */
export function grantViewer(
  scope: Scope,
  boundRepositoryIds: Iterable<number>,
  readable: ReadonlyMap<number, "read" | "admin">,
): (GrantedScope & { readonly access: "read" }) | WritableScope | undefined {
  const roles = Array.from(boundRepositoryIds, (id) => readable.get(id));
  if (roles.includes("admin")) return prove(scope, "write");
  return roles.includes("read") ? prove(scope, "read") : undefined;
}

/**
 * Whoever may change global may have it worked out what a change does to an organisation, which takes reading that
 * organisation's layer; the answer must tell nobody but operators whose it was. Gives `undefined` without write access
 * to global.
 */
export function grantBlastRadius(granted: GrantedScope, organization: Scope): GrantedScope | undefined {
  return granted.scope.kind === "global" && granted.access === "write" ? prove(organization, "read") : undefined;
}

/**
 * Whoever may touch an organisation sees what it sees: its own layer first, then global, at the revision that the
 * organisation is pinned to (null: it follows global). Reading only.
 */
export function readableLayers(granted: GrantedScope, pin: number | null): readonly GrantedScope[] {
  const global = pin === null ? prove(globalScope, "read") : grantPinned(pin);
  return granted.scope.kind === "global" ? [global] : [prove(granted.scope, "read"), global];
}

/** A run may read what it belongs to: an organisation, or global alone. Which layers lie below depends on its pin. */
export function grantRun(scope: Scope): GrantedScope {
  return prove(scope, "read");
}
