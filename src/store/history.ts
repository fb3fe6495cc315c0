// Which past revisions can be read back. Retention drops some; what keeps one from it is said here in one place.
import { Fault } from "../errors.ts";
import { type Scope, scopeKey, scopeSlug } from "../workspace/scope.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import type { ScopedSession, Session } from "./session.ts";

/**
 * Keeps retention from a scope's history until the transaction ends, for whoever is about to need one of its revisions:
 * retention either was before, and the revision is seen to be dropped, or comes after and sees who needs it.
 */
export async function keepHistory(session: Session, scope: Scope): Promise<void> {
  await session.query("select pg_advisory_xact_lock_shared(hashtextextended('bifrost:history:' || $1, 0))", [
    scopeKey(scope),
  ]);
}

export type RevisionState = "kept" | "dropped" | "unknown";

/** Whether a revision of a scope can be read back. 0, at which no scope held anything, always can. */
export async function revisionState(session: ScopedSession, scope: Scope, revision: number): Promise<RevisionState> {
  if (revision === 0) return "kept";
  const [row] = await session.query<{ dropped: boolean }>(
    `select dropped_at is not null as dropped from revisions where ${inScope(scope)} and number = $2`,
    [organizationIdOf(scope), revision],
  );
  if (row === undefined) return "unknown";
  return row.dropped ? "dropped" : "kept";
}

/**
 * Throws `Fault` `unknown-revision` or `revision-dropped` where a revision cannot be read back. Asked after the reading:
 * retention may have been at it in between.
 */
export async function requireKept(session: ScopedSession, scope: Scope, revision: number): Promise<void> {
  const state = await revisionState(session, scope, revision);
  if (state === "kept") return;
  const what = `Revision ${revision} of "${scopeSlug(scope)}"`;
  if (state === "unknown") throw new Fault("unknown-revision", `${what} does not exist`);
  throw new Fault("revision-dropped", `${what} was dropped from the history by retention: its files are gone`);
}

/** The files of a scope at a revision: rows of the live ones and of those that were replaced later. */
export function filesAtSql(scope: Scope, columns: string, placeholder: string): string {
  return `select ${columns} from workspace_files where ${inScope(scope)} and revision <= ${placeholder}
    union all
    select ${columns} from workspace_file_history
    where ${inScope(scope)} and valid_from <= ${placeholder} and valid_until > ${placeholder}`;
}
