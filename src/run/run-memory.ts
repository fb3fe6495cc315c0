// What an executor keeps from one run to the next: the layers that it saw last, for as long as their revisions stay what they
// were, and what it linked over them. A revision's files never change, so one small read tells whether all of it still holds.
import { createLinker, type Linker } from "../link/linker.ts";
import { createRecordCache, type RecordCache } from "../link/record-cache.ts";
import { createRecent } from "../recent.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { Layer } from "../workspace/layer.ts";
import { scopeKey } from "../workspace/scope.ts";

/** A layer as it was taken, with the pin that goes with its revision. */
export interface RememberedLayer {
  readonly layer: Layer;
  readonly revision: number;
  readonly pin: number | null;
}

export interface RunMemory {
  /** The layer of a granted scope that was remembered last, of whatever revision. */
  recall(granted: GrantedScope): RememberedLayer | undefined;
  remember(granted: GrantedScope, taken: RememberedLayer): void;
  /** The linker over these very layers. Nothing that it knows ever changes, so runs share it. */
  linkerOver(layers: readonly Layer[]): Linker;
}

// Entries of indexes: some 40 MB, twenty scopes of 10,000 files.
const filesMax = 200_000;

/** Makes an empty memory. It holds files of every scope that ran lately, and gives them only for that scope's layers. */
export function createRunMemory(records: RecordCache = createRecordCache()): RunMemory {
  const layers = createRecent<string, RememberedLayer>(filesMax, ({ layer }) => layer.files.size + 1);
  const linkers = createRecent<string, { readonly layers: readonly Layer[]; readonly linker: Linker }>(
    filesMax,
    (kept) => kept.layers.reduce((sum, { files }) => sum + files.size, 1),
  );
  return {
    recall: (granted) => layers.get(keyOf(granted)),
    remember: (granted, taken) => layers.set(keyOf(granted), taken),
    linkerOver: (wanted) => {
      const key = wanted.map(({ scope }) => scopeKey(scope)).join(" ");
      const known = linkers.get(key);
      const isSame = known?.layers.length === wanted.length && known.layers.every((layer, at) => layer === wanted[at]);
      if (known && isSame) return known.linker;
      const linker = createLinker(wanted, records);
      linkers.set(key, { layers: wanted, linker });
      return linker;
    },
  };
}

/** A pinned layer of global is another layer than the present one. */
function keyOf({ scope, at }: GrantedScope): string {
  return at === undefined ? scopeKey(scope) : `${scopeKey(scope)}@${at}`;
}
