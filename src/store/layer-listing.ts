// Layers at a moment, for whoever keeps what was read: which revision each is at takes one small statement, and what a
// revision holds never changes.
import type { MikroORM } from "@mikro-orm/postgresql";
import type { EntityType } from "../workspace/file.ts";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Scope } from "../workspace/scope.ts";
import { requireKept } from "./history.ts";
import { inScope, organizationIdOf } from "./scope-rows.ts";
import { type ScopedSession, scopedSession } from "./session.ts";
import type { LayerAt, ListedFile, ScopeReader } from "./store.ts";
import { readRevisions } from "./versions.ts";

export type LayerLister = Pick<ScopeReader, "layersNow" | "listLayer" | "revisionsNumbered">;

/** The part of the store that lists layers. */
export function layerLister(orm: MikroORM): LayerLister {
  const session = (granted: GrantedScope) => scopedSession(orm.em, granted);
  return {
    layersNow: async (granted) => {
      const { own, global, pin } = await readMoment(session(granted), granted.scope);
      const [top, below] = readableLayers(granted, pin?.revision ?? null);
      if (top === undefined) throw new TypeError("A granted scope sees at least its own layer");
      const layers: LayerAt[] = [{ granted: top, ...(below === undefined ? global : own) }];
      if (below !== undefined) layers.push({ granted: below, ...(pin?.at ?? global) });
      const [latest] = readableLayers(granted, null).slice(-1);
      return {
        layers,
        pin: pin && { revision: pin.revision, release: pin.release },
        latest: pin === null || latest === undefined ? null : { granted: latest, ...global },
      };
    },

    listLayer: async (granted, revision) => {
      if (revision === 0) return [];
      const files = await readListing(session(granted), granted.scope, revision);
      await requireKept(session(granted), granted.scope, revision);
      return files;
    },

    revisionsNumbered: (granted, numbers) => readRevisions(session(granted), granted.scope, numbers),
  };
}

type At = Pick<LayerAt, "revision" | "key">;

interface Moment {
  readonly own: At;
  readonly global: At;
  readonly pin: { readonly revision: number; readonly release: string | null; readonly at: At } | null;
}

interface MomentRow {
  readonly own: number | null;
  readonly own_id: string | null;
  readonly global: number | null;
  readonly global_id: string | null;
  readonly pin: number | null;
  readonly release: string | null;
  readonly pin_id: string | null;
}

/** One statement, so that all of it is of one moment. */
async function readMoment(session: ScopedSession, scope: Scope): Promise<Moment> {
  const [row] = await session.query<MomentRow>(
    `select o.number as own, o.id as own_id, g.number as global, g.id as global_id,
      p.revision as pin, p.release, b.id as pin_id
    from (select) one
    left join lateral (
      select number, id from revisions where organization_id = $1::uuid order by number desc limit 1) o on true
    left join lateral (
      select number, id from revisions where organization_id is null order by number desc limit 1) g on true
    left join pins p on p.organization_id = $1::uuid
    left join revisions b on b.organization_id is null and b.number = p.revision`,
    [organizationIdOf(scope)],
  );
  const at = (revision: number | null | undefined, key: string | null | undefined): At => ({
    revision: revision ?? 0,
    key: key ?? "",
  });
  return {
    own: at(row?.own, row?.own_id),
    global: at(row?.global, row?.global_id),
    pin:
      row === undefined || row.pin === null
        ? null
        : { revision: row.pin, release: row.release, at: at(row.pin, row.pin_id) },
  };
}

// As in `repository-files.ts`: one text is read in a third of the time that a row for each file takes.
const lineOf = (revision: string) =>
  `concat_ws(e'\\t', entity_type, content_hash, size_bytes, coalesce(repository_id::text, ''), ${revision}, path)`;

async function readListing(session: ScopedSession, scope: Scope, revision: number): Promise<ListedFile[]> {
  const [row] = await session.query<{ listing: string | null }>(
    `select string_agg(line, e'\\n') as listing from (
      select ${lineOf("revision")} as line from workspace_files where ${inScope(scope)} and revision <= $2
      union all
      select ${lineOf("valid_from")} from workspace_file_history
      where ${inScope(scope)} and valid_from <= $2 and valid_until > $2) as lines`,
    [organizationIdOf(scope), revision],
  );
  return row?.listing ? row.listing.split("\n").map(listedFile) : [];
}

function listedFile(line: string): ListedFile {
  const [entityType = "", hash = "", sizeBytes = "", repositoryId = "", revision = "", path = ""] = line.split("\t");
  return {
    path: path as WorkspacePath,
    entityType: entityType as EntityType,
    hash: hash as ContentHash,
    sizeBytes: Number(sizeBytes),
    repositoryId: repositoryId === "" ? null : Number(repositoryId),
    revision: Number(revision),
  };
}
