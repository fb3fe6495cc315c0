// Modules and grants for the tests of the cache.
import { createHash, randomUUID } from "node:crypto";
import type { CachedModule, CacheUpdate } from "../../src/cache/cache.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import type { ContentHash } from "../../src/workspace/layer.ts";
import { parsePath, type WorkspacePath } from "../../src/workspace/path.ts";
import { parseOrganizationId, scopeOf } from "../../src/workspace/scope.ts";

export function path(text: string): WorkspacePath {
  const parsed = parsePath(text);
  if (parsed === undefined) throw new Error(`Not a workspace path: "${text}"`);
  return parsed;
}

export function moduleOf(name: string, content: string): CachedModule {
  return { path: path(name), hash: createHash("sha256").update(content).digest("hex") as ContentHash, content };
}

/** A grant of an organisation that nobody else has. */
export function grantSomeone(slug: string): WritableScope {
  const id = parseOrganizationId(randomUUID());
  if (id === undefined) throw new Error("Not a UUID");
  return grantOperator(scopeOf({ id, slug }));
}

/** All that a scope holds at a revision. */
export function everything(to: number, ...upserts: CachedModule[]): CacheUpdate {
  return { from: undefined, to, upserts, deletes: [] };
}

export const halopsa = moduleOf("shared/halopsa.ts", "export const halopsa = 1;");
export const halopsaChanged = moduleOf("shared/halopsa.ts", "export const halopsa = 2;");
export const tickets = moduleOf("workflows/tickets.ts", 'import { halopsa } from "shared/halopsa";');
