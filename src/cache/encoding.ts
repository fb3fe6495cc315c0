// How a module and a revision are written in Redis, and how they are read back without trusting who wrote them.
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { CachedModule } from "./cache.ts";

export function encodeModule({ content, path, hash }: CachedModule): string {
  return JSON.stringify({ content, path, hash });
}

/** Reads a module back, or gives `undefined` where the value is not one of this path: such a value counts as missing. */
export function decodeModule(path: WorkspacePath, text: unknown): CachedModule | undefined {
  if (typeof text !== "string") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!("content" in value && "path" in value && "hash" in value)) return undefined;
  const { content, hash } = value;
  if (value.path !== path || typeof content !== "string" || !isContentHash(hash)) return undefined;
  return { path, hash, content };
}

/** Reads a revision's number back, or gives `undefined` where the value is none. */
export function decodeRevision(text: unknown): number | undefined {
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** What stands in the place of a revision where an organisation follows global. */
const follows = "latest";

export function encodePin(pin: number | null): string {
  return pin === null ? follows : `${pin}`;
}

/**
 * Reads an organisation's pin back, or gives `undefined` where the value is none: nothing there says nothing, as taken
 * for no pin it would let an organisation follow global.
 */
export function decodePin(text: unknown): number | null | undefined {
  return text === follows ? null : decodeRevision(text);
}

function isContentHash(value: unknown): value is ContentHash {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
