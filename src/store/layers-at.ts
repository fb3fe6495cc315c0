// A scope and the layers below it, now or at a moment of the past, in one look: read one after the other, a push in between
// would show layers that nobody ever saw together.
import type { MikroORM } from "@mikro-orm/postgresql";
import { type GrantedScope, readableLayers } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Moment, Revision } from "../workspace/revision.ts";
import type { Scope } from "../workspace/scope.ts";
import { latestRevision } from "./file-writes.ts";
import { filesAtSql, requireKept } from "./history.ts";
import { readPin } from "./pins.ts";
import { organizationIdOf } from "./scope-rows.ts";
import { readSnapshot, type ScopedSession } from "./session.ts";
import type { LayersAt, ScopeReader } from "./store.ts";
import { readRevisionAt, readRevisions } from "./versions.ts";

/** The part of the store that reads several layers as of one moment. */
export function layersReader(orm: MikroORM): Pick<ScopeReader, "layersAt"> {
  return {
    layersAt: (granted, moment) => readSnapshot(orm, granted, (session) => readLayers(session, granted, moment)),
  };
}

async function readLayers(
  session: ScopedSession,
  granted: GrantedScope,
  moment: Moment | undefined,
): Promise<LayersAt> {
  const { scope } = granted;
  const number = await numberAt(session, scope, moment);
  const step = await readStep(session, scope, number);
  const pin = moment === undefined ? await readPin(session, scope) : (step?.pin ?? null);
  // The layer below a revision is that of its pin, or else of the time at which it was made.
  const time = moment?.kind === "time" ? moment.at : step?.createdAt;
  const layers: LayersAt["layers"][number][] = [];
  for (const [index, layer] of readableLayers(granted, pin?.revision ?? null).entries()) {
    const isOwn = index === 0;
    const below = () =>
      moment === undefined ? latestRevision(session, layer.scope) : revisionAt(session, layer.scope, time);
    const revision = isOwn ? number : (layer.at ?? (await below()));
    layers.push({
      granted: layer,
      revision,
      made: isOwn ? step : await readStep(session, layer.scope, revision),
      files: await readFiles(session, layer.scope, revision),
    });
  }
  return { pin: pin && { revision: pin.revision, release: pin.release }, layers };
}

function numberAt(session: ScopedSession, scope: Scope, moment: Moment | undefined): Promise<number> | number {
  if (moment === undefined) return latestRevision(session, scope);
  return moment.kind === "revision" ? moment.number : readRevisionAt(session, scope, moment.at);
}

function revisionAt(session: ScopedSession, scope: Scope, time: Date | undefined): Promise<number> | number {
  return time === undefined ? 0 : readRevisionAt(session, scope, time);
}

async function readStep(session: ScopedSession, scope: Scope, number: number): Promise<Revision | null> {
  return (await readRevisions(session, scope, [number])).get(number) ?? null;
}

async function readFiles(
  session: ScopedSession,
  scope: Scope,
  revision: number,
): Promise<Map<WorkspacePath, ContentHash>> {
  await requireKept(session, scope, revision);
  const rows = await session.query<{ path: WorkspacePath; hash: ContentHash }>(
    filesAtSql(scope, "path, content_hash as hash", "$2"),
    [organizationIdOf(scope), revision],
  );
  return new Map(rows.map(({ path, hash }) => [path, hash]));
}
