// Whose files: one organisation's, or everyone's. Nothing here says who may touch them; grant.ts does.

/** An organisation's id: a lower-case UUID, the primary key of `organizations`. */
export type OrganizationId = string & { readonly __brand: "OrganizationId" };

/** One organisation as the platform knows it. */
export interface Organization {
  readonly id: OrganizationId;
  readonly slug: string;
  readonly name: string;
}

/** The owner of a layer. Global has no organisation, which is not the same as "scope unknown": that is `undefined`. */
export type Scope =
  | { readonly kind: "global" }
  | { readonly kind: "organization"; readonly id: OrganizationId; readonly slug: string };

export const globalScope: Scope = Object.freeze({ kind: "global" });

/** The scope that holds an organisation's own files. */
export function scopeOf(organization: Pick<Organization, "id" | "slug">): Scope {
  return { kind: "organization", id: organization.id, slug: organization.slug };
}

/** The scope as keys of the cache spell it: the organisation's id, or `global`. */
export function scopeKey(scope: Scope): string {
  return scope.kind === "global" ? "global" : scope.id;
}

/** The scope as people read it and as module URLs spell it: the organisation's slug, or `global`. */
export function scopeSlug(scope: Scope): string {
  return scope.kind === "global" ? "global" : scope.slug;
}

export function sameScope(one: Scope, other: Scope): boolean {
  return scopeKey(one) === scopeKey(other);
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Takes text and gives it back as an organisation's id, or `undefined` where it is no UUID. Case is folded. */
export function parseOrganizationId(text: string): OrganizationId | undefined {
  const folded = text.toLowerCase();
  return uuidPattern.test(folded) ? (folded as OrganizationId) : undefined;
}

// 63 characters is a DNS label, so that a slug can one day be a host name.
const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Says what is wrong with a slug, or `undefined` where it is right. `global` is refused because it names the global
 * scope, and a UUID because a scope may be named by slug or by id and the two must never be mistaken for each other.
 */
export function slugProblem(slug: string): string | undefined {
  if (slug === "global") return `"global" names the global scope and cannot be an organisation's slug`;
  // As JSON: what a person wrote may hold characters that neither a database nor a terminal takes.
  if (parseOrganizationId(slug)) return `${JSON.stringify(slug)} reads as an organisation's id and cannot be a slug`;
  if (!slugPattern.test(slug)) {
    return `${JSON.stringify(slug)} is not a slug: use 1 to 63 lower-case letters, digits and inner hyphens, such as "acme-health"`;
  }
  return undefined;
}
