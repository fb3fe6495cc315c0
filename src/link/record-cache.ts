// Parsed records by content, shared by every linker of a process: what ten organisations import is parsed once. Keys are
// content hashes, so nothing that one organisation sees depends on what another one stored.
import type { ContentHash } from "../workspace/layer.ts";
import { parseModule, type SourceLanguage } from "./parse.ts";
import type { ModuleRecord } from "./record.ts";

export interface RecordCache {
  /** Gives the record of a source, parsed at most once while it is kept. `hash` must be that of the source. */
  read(hash: ContentHash, language: SourceLanguage, source: string): ModuleRecord;
  /** The same for many sources, parsed by `parseMany` where the cache was given one. */
  readMany(sources: readonly HashedSource[]): Promise<ModuleRecord[]>;
}

export interface HashedSource {
  readonly hash: ContentHash;
  readonly language: SourceLanguage;
  readonly source: string;
}

export interface RecordCacheOptions {
  /** About how much memory the records may take, in bytes. Default: 64 MiB. */
  readonly bytesMax?: number;
  /** Told of every read of many: how many were asked for, and how many of them were kept. */
  readonly onRead?: (asked: number, found: number) => void;
  /** Parses elsewhere what is not to be parsed in this process: sources that strangers wrote. */
  readonly parseMany?: (sources: readonly Omit<HashedSource, "hash">[]) => Promise<ModuleRecord[]>;
}

/** Makes a cache that forgets the records that were not read for the longest time. */
export function createRecordCache(options: RecordCacheOptions = {}): RecordCache {
  const { bytesMax = 64 * 1024 * 1024, parseMany, onRead } = options;
  const kept = new Map<string, { readonly record: ModuleRecord; readonly bytes: number }>();
  let bytesKept = 0;
  // The same text is one thing as TypeScript and another as JavaScript.
  const keyOf = ({ hash, language }: Omit<HashedSource, "source">) => `${language}:${hash}`;

  const recall = (key: string): ModuleRecord | undefined => {
    const known = kept.get(key);
    if (known === undefined) return undefined;
    // A Map keeps the order of insertion, so what was read last moves to the end.
    kept.delete(key);
    kept.set(key, known);
    return known.record;
  };
  const keep = (key: string, record: ModuleRecord): ModuleRecord => {
    const entry = { record, bytes: sizeOf(record) };
    bytesKept += entry.bytes - (kept.get(key)?.bytes ?? 0);
    kept.delete(key);
    kept.set(key, entry);
    for (const [oldest, { bytes }] of kept) {
      if (bytesKept <= bytesMax || oldest === key) break;
      kept.delete(oldest);
      bytesKept -= bytes;
    }
    return record;
  };
  const read = (hash: ContentHash, language: SourceLanguage, source: string): ModuleRecord => {
    const key = keyOf({ hash, language });
    return recall(key) ?? keep(key, parseModule(source, language));
  };

  return {
    read,
    async readMany(sources) {
      if (parseMany === undefined) return sources.map(({ hash, language, source }) => read(hash, language, source));
      const known = sources.map((source) => recall(keyOf(source)));
      const unknown = sources.filter((_, index) => known[index] === undefined);
      onRead?.(sources.length, sources.length - unknown.length);
      const parsed = await parseMany(unknown.map(({ language, source }) => ({ language, source })));
      const fresh = new Map(unknown.map((source, index) => [source, parsed[index]]));
      return sources.map((source, index) => {
        const record = known[index] ?? fresh.get(source);
        if (record === undefined) throw new TypeError("The parser gave fewer records than it was given sources");
        return known[index] ?? keep(keyOf(source), record);
      });
    },
  };
}

/** An estimate, not a measure: a little for the record itself and some for each thing in it, with its text. */
function sizeOf({ requests, names, exports, types, dynamicImports, findings }: ModuleRecord): number {
  const parts = [requests, names, dynamicImports, findings].reduce((sum, list) => sum + list.length, 0);
  return 1024 + 250 * (parts + exports.size + types.size);
}
