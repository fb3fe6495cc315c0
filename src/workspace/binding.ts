// The first key: what a repository's file asks for, and what comes of it. `manifest/` reads the file.
import { type Grant, grantRepository, type WritableScope } from "./grant.ts";
import { type Scope, sameScope } from "./scope.ts";

/** Where the file lies, from the root of the repository. */
export const bindingPath = ".github/bifrost.yml";

/** Where people put the file by mistake. */
export const misplacedBindingPaths: readonly string[] = [
  ...[".github/bifrost.yaml", ".github/.bifrost.yml", "bifrost.yml", "bifrost.yaml", ".bifrost.yml", ".bifrost.yaml"],
];

/** What `.github/bifrost.yml` says, checked for form. */
export interface BindingRequest {
  /** An organisation's slug or id, or `global`, as written. */
  readonly scope: string;
  /** Folder that holds the modules, `""` for the repository's root. */
  readonly root: string;
  /** A revision (a number) or a release (a tag) of global to be pinned to. */
  readonly global?: number | string;
  /** `YYYY-MM-DD`. */
  readonly pinnedUntil?: string;
  readonly gate: boolean;
  /** Patterns in .gitignore's syntax, relative to the root folder. */
  readonly ignore: readonly string[];
}

/** What comes of a request. Only `bound` carries the proof that lets anything be read or written. */
export type BindingDecision =
  | { readonly kind: "bound"; readonly granted: WritableScope }
  /**
   * The scope exists and nobody granted it to this repository yet. It goes by the name that the file gives it: whoever
   * names an organisation's id need not learn its slug.
   */
  | { readonly kind: "pending"; readonly name: string }
  | { readonly kind: "unknown-scope"; readonly requested: string }
  /** The repository is bound to another scope, which only an operator changes. */
  | { readonly kind: "other-scope"; readonly bound: Scope; readonly requested: string };

export interface BindingQuestion {
  readonly request: Pick<BindingRequest, "scope">;
  /** The scope that goes by the requested name, if any. */
  readonly requested: Scope | undefined;
  readonly repository: { readonly id: number; readonly accountId: number; readonly scope: Scope | null };
  /** Every grant that names the repository or its account. */
  readonly grants: readonly Grant[];
}

/** The two-key rule: the file asks, a grant allows, and what is bound stays bound. */
export function decideBinding({ request, requested, repository, grants }: BindingQuestion): BindingDecision {
  if (requested === undefined) return { kind: "unknown-scope", requested: request.scope };
  if (repository.scope !== null && !sameScope(repository.scope, requested)) {
    return { kind: "other-scope", bound: repository.scope, requested: request.scope };
  }
  const granted = grantRepository(requested, repository, grants);
  return granted ? { kind: "bound", granted } : { kind: "pending", name: request.scope };
}
