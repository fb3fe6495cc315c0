// The overrides of an organisation as a list that is read a page at a time: only the overrides of the page are compared
// line by line.
import { diffFile } from "../history/file-diff.ts";
import { pageEditsMax } from "../history/lines.ts";
import type { OverrideList } from "../history/list-overrides.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import { type Override, type OverrideState, overrideStates } from "../workspace/override.ts";
import type { CatalogEdges } from "./edges.ts";
import { takeLayers } from "./layers.ts";
import type { Distance } from "./memory.ts";
import { readTexts, type TextAt } from "./module-text.ts";
import { overridesAt } from "./overrides-at.ts";
import { wordsOf } from "./select-entries.ts";

export interface OverrideRow {
  readonly override: Override;
  /** From what it hides, or from the last that it hid; null where the history has that no more. */
  readonly distance: Distance | null;
}

export interface OverridePage {
  readonly rows: readonly OverrideRow[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** How many there are of each state. */
  readonly states: Readonly<Record<OverrideState, number>>;
  readonly list: OverrideList;
}

export interface OverrideSelection {
  readonly filter: string;
  readonly state?: OverrideState | undefined;
  readonly page: number;
  readonly perPage: number;
}

/** A page of an organisation's overrides, in order of path; undefined for global, which overrides nothing. */
export async function overrideRows(
  edges: CatalogEdges,
  granted: GrantedScope,
  selection: OverrideSelection,
): Promise<OverridePage | undefined> {
  const list = await overridesAt(edges, await takeLayers(edges, granted));
  if (list === undefined) return undefined;
  const words = wordsOf(selection.filter);
  const named = list.overrides.filter(({ yours }) => words.every((word) => yours.path.toLowerCase().includes(word)));
  const states = Object.fromEntries(
    overrideStates.map((state) => [state, named.filter((override) => override.state === state).length]),
  ) as Record<OverrideState, number>;
  const found = named.filter(({ state }) => selection.state === undefined || state === selection.state);
  const pages = Math.max(1, Math.ceil(found.length / selection.perPage));
  const page = Math.min(Math.max(1, selection.page), pages);
  const shown = found.slice((page - 1) * selection.perPage, page * selection.perPage);
  return { rows: await withDistances(edges, granted, list, shown), total: found.length, page, pages, states, list };
}

async function withDistances(
  edges: CatalogEdges,
  granted: GrantedScope,
  { below }: OverrideList,
  overrides: readonly Override[],
): Promise<OverrideRow[]> {
  const { distances } = edges.memory;
  const keyOf = ({ yours, theirs, base }: Override) => `${(theirs ?? base)?.hash} ${yours.hash}`;
  const unknown = overrides.filter((override) => (override.theirs ?? override.base) && !distances.get(keyOf(override)));
  // A few at a time: files are up to 1 MiB each.
  for (let start = 0; start < unknown.length; start += 10) {
    const batch = unknown.slice(start, start + 10);
    const texts = await readTexts(
      edges,
      batch.flatMap(({ yours, theirs, base }): TextAt[] =>
        [
          { granted, version: yours },
          { granted: below.granted, version: theirs ?? base ?? yours },
        ].map(({ granted: by, version }) => ({
          granted: by,
          path: version.path,
          hash: version.hash,
          revision: version.made.number,
        })),
      ),
    );
    for (const [index, override] of batch.entries()) {
      const [after = "", before = ""] = texts.slice(2 * index);
      const { path } = override.yours;
      const { added, removed } = diffFile(
        { path, content: before },
        { path, content: after },
        { editsMax: pageEditsMax },
      );
      distances.set(keyOf(override), { added, removed });
    }
  }
  return overrides.map((override) => ({ override, distance: distances.get(keyOf(override)) ?? null }));
}
