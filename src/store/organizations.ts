// Organisations: the scopes that exist beside global.

import { randomUUID } from "node:crypto";
import { type EntityManager, UniqueConstraintViolationException } from "@mikro-orm/postgresql";
import { Fault } from "../errors.ts";
import {
  globalScope,
  type Organization,
  type OrganizationId,
  parseOrganizationId,
  type Scope,
  scopeOf,
} from "../workspace/scope.ts";
import { recorded } from "./audit.ts";
import { OrganizationRow } from "./entities.ts";
import { registrySession } from "./session.ts";
import type { Registry } from "./store.ts";

type Organizations = Pick<Registry, "createOrganization" | "renameOrganization" | "organizations" | "findScope">;

/** The part of the registry that knows organisations. `begin` gives an entity manager for one call. */
export function organizationRegistry(begin: () => EntityManager): Organizations {
  return {
    createOrganization: async (slug, name, by) => {
      try {
        const organization = { id: randomUUID() as OrganizationId, slug, name };
        await recorded(begin(), async (session, record) => {
          await session.query("insert into organizations (id, slug, name) values ($1, $2, $3)", [
            organization.id,
            slug,
            name,
          ]);
          await record({ act: "organization-created", scope: scopeOf(organization), by, details: { name } });
        });
        return organization;
      } catch (error) {
        throw isDuplicate(error) ? slugTaken(slug, error) : error;
      }
    },

    renameOrganization: async ({ scope }, slug, by) => {
      if (scope.kind === "global")
        throw new Fault("wrong-use", "The global scope has one name, which cannot be changed");
      try {
        await recorded(begin(), async (session, record) => {
          const [renamed] = await session.query<{ slug: string }>(
            `with former as (select id, slug from organizations where id = $1 for update)
            update organizations set slug = $2 from former where organizations.id = former.id and former.slug <> $2
            returning former.slug`,
            [scope.id, slug],
          );
          if (renamed === undefined) return;
          const details = { from: renamed.slug, to: slug };
          await record({ act: "organization-renamed", scope: scopeOf({ id: scope.id, slug }), by, details });
        });
      } catch (error) {
        throw isDuplicate(error) ? slugTaken(slug, error) : error;
      }
    },

    organizations: async () => (await begin().find(OrganizationRow, {}, { orderBy: { slug: "asc" } })).map(fromRow),

    findScope: async (slugOrId): Promise<Scope | undefined> => {
      if (slugOrId === "global") return globalScope;
      const id = parseOrganizationId(slugOrId);
      const [row] = await registrySession(begin()).query<Pick<OrganizationRow, "id" | "slug" | "name">>(
        `select id, slug, name from organizations where ${id === undefined ? "slug = $1" : "id = $1"}`,
        [id ?? slugOrId],
      );
      return row === undefined ? undefined : scopeOf(fromRow(row));
    },
  };
}

function slugTaken(slug: string, cause: unknown): Fault {
  return new Fault("organization-exists", `An organisation with the slug "${slug}" exists already`, { cause });
}

// The driver's error, or the mapper's.
function isDuplicate(error: unknown): boolean {
  if (error instanceof UniqueConstraintViolationException) return true;
  return error instanceof Error && "code" in error && error.code === "23505";
}

/** Slug by organisation's id, of those named: there may be thousands. */
export async function organizationSlugs(
  entityManager: EntityManager,
  ids: Iterable<string | null | undefined>,
): Promise<Map<string, string>> {
  const named = [...new Set(ids)].filter((id) => id !== null && id !== undefined);
  if (named.length === 0) return new Map();
  const rows = await entityManager.find(OrganizationRow, { id: { $in: named } });
  return new Map(rows.map(({ id, slug }) => [id, slug]));
}

function fromRow({ id, slug, name }: Pick<OrganizationRow, "id" | "slug" | "name">): Organization {
  return { id: id as OrganizationId, slug, name };
}
