// A repository asks for a scope, and people decide about it.
import type { RepositoryFacts } from "./repository.ts";
import type { Scope } from "./scope.ts";

/** Somebody who may grant a scope has said no. It answers the file as it was: one that changes asks again. */
export interface GrantRefusal {
  /** The git id of the file that was refused. */
  readonly fileSha: string;
  /** Who refused, as the record of acts has it. */
  readonly by: string;
  readonly at: Date;
}

/** A repository whose file asks for a scope that is not granted to it. */
export interface GrantRequest {
  readonly repository: Pick<RepositoryFacts, "id" | "owner" | "name" | "private" | "defaultBranch">;
  readonly scope: Scope;
  /** The commit whose file asks; null where no look at it is recorded. */
  readonly commit: string | null;
  readonly since: Date | null;
  /** Who said no to this file; null: it waits. */
  readonly refusal: Pick<GrantRefusal, "by" | "at"> | null;
}
