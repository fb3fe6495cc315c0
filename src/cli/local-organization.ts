// Which organisation a folder's runs belong to where no database knows it: the one that is named, with an id made up
// from its slug.
import { hash } from "node:crypto";
import { basename, resolve } from "node:path";
import {
  globalScope,
  type OrganizationId,
  parseOrganizationId,
  type Scope,
  scopeOf,
  slugProblem,
} from "../workspace/scope.ts";

/**
 * Gives the scope by which a folder is checked. `named` is what `--scope` or the manifest says: `global`, a slug or an
 * id; without it the folder's own name makes the slug.
 */
export function localScope(named: string | undefined, directory: string): Scope {
  if (named === "global") return globalScope;
  const id = named === undefined ? undefined : parseOrganizationId(named);
  // An id says nothing about the slug, which only the platform knows.
  const slug = named === undefined || id !== undefined ? folderSlug(directory) : named;
  return scopeOf({ id: id ?? idOf(slug), slug });
}

function folderSlug(directory: string): string {
  const slug = basename(resolve(directory))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return slugProblem(slug) === undefined ? slug : "local";
}

/** A UUID of version 8 (RFC 9562: its bits mean what the vendor says), equal for equal slugs. */
function idOf(slug: string): OrganizationId {
  const digits = hash("sha256", `bifrost:${slug}`, "hex");
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-") as OrganizationId;
}
