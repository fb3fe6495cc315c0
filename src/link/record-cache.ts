// Parsed records by content, shared by every linker of a process: what ten organisations import is parsed once. Keys are
// content hashes, so nothing that one organisation sees depends on what another one stored.
import type { ContentHash } from "../workspace/layer.ts";
import { parseModule, type SourceLanguage } from "./parse.ts";
import type { ModuleRecord } from "./record.ts";

export interface RecordCache {
  /** Gives the record of a source, parsed at most once while it is kept. `hash` must be that of the source. */
  read(hash: ContentHash, language: SourceLanguage, source: string): ModuleRecord;
}

export interface RecordCacheOptions {
  /** About how much memory the records may take, in bytes. Default: 64 MiB. */
  readonly bytesMax?: number;
}

/** Makes a cache that forgets the records that were not read for the longest time. */
export function createRecordCache({ bytesMax = 64 * 1024 * 1024 }: RecordCacheOptions = {}): RecordCache {
  const kept = new Map<string, { readonly record: ModuleRecord; readonly bytes: number }>();
  let bytesKept = 0;
  return {
    read(hash, language, source) {
      // The same text is one thing as TypeScript and another as JavaScript.
      const key = `${language}:${hash}`;
      const known = kept.get(key);
      const entry = known ?? recordWithSize(source, language);
      // A Map keeps the order of insertion, so what was read last moves to the end.
      kept.delete(key);
      kept.set(key, entry);
      if (known) return entry.record;
      bytesKept += entry.bytes;
      for (const [oldest, { bytes }] of kept) {
        if (bytesKept <= bytesMax || oldest === key) break;
        kept.delete(oldest);
        bytesKept -= bytes;
      }
      return entry.record;
    },
  };
}

function recordWithSize(source: string, language: SourceLanguage) {
  const record = parseModule(source, language);
  const { requests, names, exports, types, dynamicImports, findings } = record;
  const parts = [requests, names, dynamicImports, findings].reduce((sum, list) => sum + list.length, 0);
  // Measured on V8's heap: about 1 KiB for an empty record and 250 bytes for each thing in it, its text included.
  return { record, bytes: 1024 + 250 * (parts + exports.size + types.size) };
}
