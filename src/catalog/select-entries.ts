// Which entries of a catalogue somebody asks for: by words, kind, layer and standing, in an order, a page at a time.
import { type EntityType, entityTypes } from "../workspace/file.ts";
import { baseName } from "../workspace/path.ts";
import { type Catalog, type CatalogEntry, type LayerName, layerNames } from "./catalog.ts";

export const standings = ["override", "stale", "redundant", "alone", "hidden", "behind"] as const;
/** `override` is every one that hides something; the next three are how it stands; the last two are of global's files. */
export type Standing = (typeof standings)[number];

export const sortKeys = ["path", "size", "changed"] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Selection {
  /** Words that must all be in the path, in whatever case. */
  readonly words: readonly string[];
  readonly kind?: EntityType | undefined;
  readonly layer?: LayerName | undefined;
  readonly standing?: Standing | undefined;
  /** Undefined: what fits the words best, then by path. */
  readonly sort?: SortKey | undefined;
  readonly isDescending?: boolean;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
}

export interface SelectedEntries {
  readonly items: readonly CatalogEntry[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly pages: number;
  /** The page that `items` are of: the last one where a later one was asked for. */
  readonly page: number;
  /** How many there would be of each kind, layer and standing with everything else as asked for. */
  readonly counts: {
    readonly kinds: Readonly<Record<EntityType, number>>;
    readonly layers: Readonly<Record<LayerName, number>>;
    readonly standings: Readonly<Record<Standing, number>>;
  };
}

/** The words of a filter as somebody types it. */
export function wordsOf(filter: string): string[] {
  return filter
    .normalize("NFC")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Selects entries of a catalogue. */
export function selectEntries({ entries }: Catalog, selection: Selection): SelectedEntries {
  const { words, kind, layer, standing, perPage } = selection;
  const counts = {
    kinds: zeroes(entityTypes),
    layers: zeroes(layerNames),
    standings: zeroes(standings),
  };
  const found: CatalogEntry[] = [];
  for (const entry of entries) {
    if (words.length > 0 && !hasWords(entry.path, words)) continue;
    const isKind = kind === undefined || entry.kind === kind;
    const isLayer = layer === undefined || entry.layer === layer;
    const isStanding = standing === undefined || hasStanding(entry, standing);
    if (isLayer && isStanding) counts.kinds[entry.kind] += 1;
    if (isKind && isStanding) counts.layers[entry.layer] += 1;
    if (isKind && isLayer) {
      for (const one of standings) if (hasStanding(entry, one)) counts.standings[one] += 1;
    }
    if (isKind && isLayer && isStanding) found.push(entry);
  }
  const sorted = inOrder(found, selection);
  const pages = Math.max(1, Math.ceil(sorted.length / perPage));
  const page = Math.min(Math.max(1, selection.page), pages);
  return { items: sorted.slice((page - 1) * perPage, page * perPage), total: sorted.length, pages, page, counts };
}

function hasWords(path: string, words: readonly string[]): boolean {
  const folded = path.toLowerCase();
  return words.every((word) => folded.includes(word));
}

/** Whether an entry is among those of a standing. */
function hasStanding(entry: CatalogEntry, standing: Standing): boolean {
  switch (standing) {
    case "override":
      return entry.overrides !== null;
    case "hidden":
      return entry.hiddenBy !== null;
    case "behind":
      return entry.pinned === "behind";
    default:
      return entry.override === standing;
  }
}

/** Entries come in order of path, and sorting keeps that order among equals. */
function inOrder(entries: CatalogEntry[], { sort, isDescending = false, words }: Selection): CatalogEntry[] {
  const rank = rankOf(sort, words);
  if (rank === undefined) return isDescending ? entries.reverse() : entries;
  const sign = isDescending ? -1 : 1;
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .sort((one, other) => sign * (one.rank - other.rank))
    .map(({ entry }) => entry);
}

function rankOf(sort: SortKey | undefined, words: readonly string[]): ((entry: CatalogEntry) => number) | undefined {
  switch (sort) {
    case "path":
      return undefined;
    case "size":
      return ({ sizeBytes }) => sizeBytes;
    case "changed":
      return ({ changed }) => changed?.createdAt.getTime() ?? 0;
    default:
      return words.length === 0 ? undefined : ({ path }) => misfit(path, words);
  }
}

/** Smaller where the words are in the file's own name, and smallest where the name begins with one. */
function misfit(path: string, words: readonly string[]): number {
  const name = baseName(path).toLowerCase();
  const isIn = words.filter((word) => name.includes(word)).length;
  const begins = words.some((word) => name.startsWith(word)) ? 1 : 0;
  return -(2 * isIn + begins);
}

function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
