// Somebody who has signed in, and what GitHub lets them see. GitHub is asked again within a minute, so whoever loses a
// repository loses its scope; where GitHub does not answer, nobody is taken at their old word.
import type { Store } from "../../store/store.ts";
import {
  type GrantedScope,
  grantOperator,
  grantViewer,
  type OperatorScope,
  type WritableScope,
} from "../../workspace/grant.ts";
import { globalScope, type Scope, scopeOf, scopeSlug } from "../../workspace/scope.ts";

/** A scope that a viewer sees, and the proof of what they may do there. */
export interface ScopeAccess {
  readonly scope: Scope;
  /** As addresses spell it: the organisation's slug, or `global`. */
  readonly slug: string;
  readonly name: string;
  /** For reading. */
  readonly granted: GrantedScope;
  /** For changing, where the viewer is an admin of a repository that feeds the scope, or an operator. */
  readonly writable: WritableScope | undefined;
  /** Where the viewer is an operator. */
  readonly operator: OperatorScope | undefined;
}

/** Whoever asks, while they are signed in. */
export interface Viewer {
  readonly id: number;
  readonly login: string;
  readonly isOperator: boolean;
  /** What every form of this viewer brings along: see parts/form.ts. */
  readonly formToken: string;
  /** Whether GitHub says that the viewer can read a repository; operators read all. */
  reads(repositoryId: number): boolean;
  /** Every scope that the viewer sees, by slug, global first. */
  scopes(): Promise<readonly ScopeAccess[]>;
  /** Which scopes a list of the store is about, for this viewer: those that they see; operators are asked for none. */
  listed(): Promise<{ readonly of?: readonly Scope[] }>;
  /** The scope of this slug where the viewer sees it; one that is not there and one that is hidden are the same. */
  scope(slug: string): Promise<ScopeAccess | undefined>;
}

/** What GitHub says of somebody: which repositories they read through the app, and of which they are an admin. */
export interface ViewerFacts {
  readonly id: number;
  readonly login: string;
  readonly isOperator: boolean;
  /** By repository id. */
  readonly repositories: ReadonlyMap<number, "read" | "admin">;
}

/** Puts a viewer together from what GitHub says. Scopes are looked up in the store once they are asked for. */
export function createViewer(store: Store, facts: ViewerFacts, formToken: string): Viewer {
  let known: Promise<readonly ScopeAccess[]> | undefined;
  const scopes = () => {
    known ??= facts.isOperator ? allScopes(store) : readableScopes(store, facts);
    return known;
  };
  return {
    id: facts.id,
    login: facts.login,
    isOperator: facts.isOperator,
    formToken,
    reads: (repositoryId) => facts.isOperator || facts.repositories.has(repositoryId),
    scopes,
    listed: async () => (facts.isOperator ? {} : { of: (await scopes()).map(({ scope }) => scope) }),
    scope: async (slug) =>
      facts.isOperator ? await operatedScope(store, slug) : (await scopes()).find((access) => access.slug === slug),
  };
}

async function allScopes(store: Store): Promise<ScopeAccess[]> {
  const organizations = await store.organizations();
  const all = [
    { scope: globalScope, name: "Global" },
    ...organizations.map((one) => ({ scope: scopeOf(one), name: one.name })),
  ];
  return all.map(({ scope, name }) => operated(scope, name));
}

/** There may be thousands, of which one is asked for. */
async function operatedScope(store: Store, slug: string): Promise<ScopeAccess | undefined> {
  const scope = await store.findScope(slug);
  if (scope === undefined || scopeSlug(scope) !== slug) return undefined;
  const { items } = await store.scopeFacts({ of: [scope], search: "", limit: 1, offset: 0 });
  return operated(scope, items[0]?.name ?? slug);
}

function operated(scope: Scope, name: string): ScopeAccess {
  const operator = grantOperator(scope);
  return { scope, slug: scopeSlug(scope), name, granted: operator, writable: operator, operator };
}

async function readableScopes(store: Store, { repositories }: ViewerFacts): Promise<ScopeAccess[]> {
  const bindings = await store.bindings([...repositories.keys()]);
  const found = bindings.flatMap(({ scope, name, repositoryIds }) => {
    const granted = grantViewer(scope, repositoryIds, repositories);
    if (granted === undefined) return [];
    const writable = granted.access === "write" ? granted : undefined;
    return [{ scope, slug: scopeSlug(scope), name, granted, writable, operator: undefined }];
  });
  return found.sort((one, other) => rank(one) - rank(other) || (one.slug < other.slug ? -1 : 1));
}

function rank({ scope }: ScopeAccess): number {
  return scope.kind === "global" ? 0 : 1;
}
