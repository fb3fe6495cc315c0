// A pull request that changes the organisation's pin: what the other revision of global changes for it. What it breaks is
// found by linking and running, as any other change is.
import type { PinChange } from "../bind/resolve-pin.ts";
import { changedPaths, type Layer, type LayerFiles } from "../workspace/layer.ts";
import { count, markdownCode } from "../workspace/markdown.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type Pin, pinAfter, pinName } from "../workspace/pin.ts";
import { moduleUrl } from "../workspace/program.ts";
import { globalScope } from "../workspace/scope.ts";
import type { Comparison } from "./compare.ts";
import type { Overlay } from "./overlay.ts";

export interface Repin {
  readonly before: Pick<Pin, "revision" | "release"> | null;
  /** The revision of global after the merge; null: the organisation follows global. */
  readonly after: number | null;
  readonly release: string | null;
}

/** The change of the pin, or `undefined` where the organisation goes on seeing the revision that it sees. */
export function repinOf({ stored, decision }: PinChange): Repin | undefined {
  const after = pinAfter(decision, stored);
  if (after === (stored?.revision ?? null)) return undefined;
  return { before: stored, after, release: decision.kind === "set" ? decision.pin.release : null };
}

// What a note lists before it counts the rest.
const listedMax = 30;

/** Says what the change of the pin is, and which of global's files it changes that the organisation's code reaches. */
export function repinNote({ before, after, release }: Repin, merged: Overlay, { reached }: Comparison): string {
  const from = before === null ? "global as it is now" : `${pinName(before)} of global`;
  const to = after === null ? "global as it is now" : `${pinName({ revision: after, release })} of global`;
  const changes = changedFiles(globalLayer(merged.before.layers), globalLayer(merged.source.layers));
  const urls = new Set(reached.map(({ scope, path }) => moduleUrl(scope, path)));
  const ours = changes.filter(({ path }) => urls.has(moduleUrl(globalScope, path)));
  if (changes.length === 0)
    return `Merged, the organisation sees **${to}** in place of ${from}, which holds the same files.`;
  const sentence = `Merged, the organisation sees **${to}** in place of ${from}: ${count(changes.length, "file")} of global ${changes.length === 1 ? "differs" : "differ"}`;
  if (ours.length === 0) return `${sentence}, and nothing here reaches ${changes.length === 1 ? "it" : "any of them"}.`;
  const lines = ours.slice(0, listedMax).map(({ path, how }) => `- ${how} ${markdownCode(`global/${path}`)}`);
  const more = ours.length - lines.length;
  return [
    `${sentence}, of which this organisation's code reaches ${ours.length}:`,
    "",
    ...lines,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join("\n");
}

function globalLayer(layers: readonly Layer[]): Layer | undefined {
  return layers.find(({ scope }) => scope.kind === "global");
}

function changedFiles(before: Layer | undefined, after: Layer | undefined) {
  const one: LayerFiles = before?.files ?? new Map();
  const other: LayerFiles = after?.files ?? new Map();
  const howOf = (path: WorkspacePath) => (!one.has(path) ? "adds" : other.has(path) ? "changes" : "removes");
  return [...changedPaths(one, other)].sort().map((path) => ({ path, how: howOf(path) }));
}
