// What would be different in the scope: each file with how much of it, and what that does to the layer below.
import { resolveModule } from "../workspace/cascade.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { moduleName, type WorkspacePath } from "../workspace/path.ts";
import { createLineCounter, type LineCounts } from "./line-counter.ts";
import type { Overlay } from "./overlay.ts";

export interface Change {
  readonly kind: "added" | "changed" | "removed";
  readonly path: WorkspacePath;
  /** Lines added and taken away: against what the file overrides where it starts to, else against what it was. */
  readonly lines: LineCounts | undefined;
  /** What of the layers below the file overrides, or, where it is removed, what is imported in its place. */
  readonly below: LayeredFile | undefined;
  /** It did not override before. */
  readonly isNewOverride: boolean;
}

// A reader looks at fewer; the rest is counted.
const describedMax = 50;

/** Describes the first changes of a merge. `isFork` leaves out what lies below, which is not named to a fork. */
export async function describeChanges(merged: Overlay, isFork: boolean): Promise<Change[]> {
  const { source, before, added, changed, removed } = merged;
  const layersBelow = isFork ? [] : source.layers.slice(1);
  const listed = [
    ...added.map((path) => ({ kind: "added" as const, path })),
    ...changed.map((path) => ({ kind: "changed" as const, path })),
    ...removed.map((path) => ({ kind: "removed" as const, path })),
  ].slice(0, describedMax);
  const changes = listed.map(({ kind, path }) => {
    const below = nameIn(layersBelow, path);
    const isNewOverride = kind === "added" && below !== undefined && !overridesIn(before.layers, path);
    const now = kind === "removed" ? undefined : fileIn(source.layers[0], path);
    const was = isNewOverride ? below : kind === "added" ? undefined : fileIn(before.layers[0], path);
    return { kind, path, below, isNewOverride, now, was };
  });
  const [nowTexts, wasTexts] = await Promise.all([
    source.read(changes.flatMap(({ now }) => now ?? [])),
    before.read(changes.flatMap(({ was }) => was ?? [])),
  ]);
  const countLines = createLineCounter();
  const described: Change[] = [];
  for (const { now, was, ...change } of changes) {
    const lines = await countLines((was && wasTexts.get(was)) ?? "", (now && nowTexts.get(now)) ?? "");
    described.push({ ...change, lines });
  }
  return described;
}

function nameIn(layers: readonly Layer[], path: WorkspacePath): LayeredFile | undefined {
  if (layers.length === 0) return undefined;
  const resolution = resolveModule(layers, `./${moduleName(path)}`);
  return resolution.kind === "module" ? resolution.file : undefined;
}

function overridesIn(layers: readonly Layer[], path: WorkspacePath): boolean {
  const resolution = resolveModule(layers, `./${moduleName(path)}`);
  return resolution.kind === "module" && resolution.overrides !== undefined;
}

function fileIn(layer: Layer | undefined, path: WorkspacePath): LayeredFile | undefined {
  const hash = layer?.files.get(path);
  return layer === undefined || hash === undefined ? undefined : { scope: layer.scope, path, hash };
}
