// Scopes as rows spell them: an organisation's id, or NULL for global.
import type { OrganizationId, Scope } from "../workspace/scope.ts";
import { globalScope } from "../workspace/scope.ts";

/** The value of `organization_id` for a scope. */
export function organizationIdOf(scope: Scope): OrganizationId | null {
  return scope.kind === "global" ? null : scope.id;
}

/**
 * The condition on `organization_id` for a scope, with the value of `organizationIdOf` as `$1`. Two texts rather than
 * `is not distinct from`, which no index answers.
 */
export function inScope(scope: Scope): string {
  return scope.kind === "global" ? "($1::uuid is null and organization_id is null)" : "organization_id = $1::uuid";
}

/** The scope of a row, by what is known of the organisations. */
export function scopeFromRow(organizationId: string | null, slugs: ReadonlyMap<string, string>): Scope {
  if (organizationId === null) return globalScope;
  const slug = slugs.get(organizationId);
  // The foreign key keeps this from happening; a wrong scope would be far worse than an error.
  if (slug === undefined) throw new Error(`No organisation has the id ${organizationId}`);
  return { kind: "organization", id: organizationId as OrganizationId, slug };
}
