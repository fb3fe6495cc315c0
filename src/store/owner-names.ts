// Names of repositories beside what they brought. One that feeds another scope by now is out of a scope's reach; by what it
// once was to this scope, its name is looked up in the registry.
import type { Session } from "./session.ts";

interface OwnedRow {
  // The driver gives 64-bit integers as text.
  readonly repository_id: string | null;
  readonly owner: string | null;
}

/** Gives rows with the `owner/name` of those repositories that they name and that were not found beside them. */
export async function nameOwners<Row extends OwnedRow>(
  session: Session,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const ids = new Set(rows.flatMap(({ repository_id: id, owner }) => (id !== null && owner === null ? [id] : [])));
  if (ids.size === 0) return rows;
  const named = await session.registry.query<{ id: string; name: string }>(
    "select id, owner || '/' || name as name from repositories where id = any($1::bigint[])",
    [[...ids]],
  );
  const names = new Map(named.map(({ id, name }) => [id, name]));
  return rows.map((row) =>
    row.owner === null && row.repository_id !== null ? { ...row, owner: names.get(row.repository_id) ?? null } : row,
  );
}
