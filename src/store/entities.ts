// What MikroORM maps to tables: everything that is read and written row by row. Nothing
// of a scope is here: files and their past move in bulk, by SQL (`apply-sync.ts`, `files.ts`), and the mapper's statements reach
// the registry alone. No entity leaves this folder.
import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";
import type { BindingState, Hold, Installation, SyncReport } from "../workspace/repository.ts";
import type { Quota, Troubles } from "../workspace/trouble.ts";

/** A value as JSON gives it back: its dates are text. */
export type Stored<T> = { readonly [K in keyof T]: StoredField<T[K]> };
type StoredField<T> = T extends Date ? string : T extends readonly unknown[] ? T : T extends object ? Stored<T> : T;

export const OrganizationRow = defineEntity({
  name: "OrganizationRow",
  tableName: "organizations",
  properties: {
    id: p.uuid().primary(),
    slug: p.text().unique(),
    name: p.text(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
export type OrganizationRow = InferEntity<typeof OrganizationRow>;

export const InstallationRow = defineEntity({
  name: "InstallationRow",
  tableName: "installations",
  properties: {
    id: p.bigint("number").primary(),
    accountId: p.bigint("number"),
    accountLogin: p.text(),
    accountType: p.text().$type<Installation["accountType"]>(),
    suspended: p.boolean(),
    removedAt: p.datetime().nullable(),
    quota: p.json<Stored<Quota>>().nullable(),
  },
});
export type InstallationRow = InferEntity<typeof InstallationRow>;

export const RepositoryRow = defineEntity({
  name: "RepositoryRow",
  tableName: "repositories",
  properties: {
    id: p.bigint("number").primary(),
    installationId: p.bigint("number"),
    accountId: p.bigint("number"),
    owner: p.text(),
    name: p.text(),
    defaultBranch: p.text(),
    private: p.boolean(),
    archived: p.boolean(),
    state: p.text().$type<BindingState>().default("unbound"),
    /** Whether it has a scope: `organizationId` is null for global and for none. */
    scoped: p.boolean().default(false),
    organizationId: p.uuid().nullable(),
    requestedScope: p.text().nullable(),
    wantedSha: p.text().nullable(),
    syncedSha: p.text().nullable(),
    syncedAt: p.datetime().nullable(),
    reportedSha: p.text().nullable(),
    lastSync: p.json<SyncReport>().nullable(),
    hold: p.json<Stored<Hold>>().nullable(),
    troubles: p.json<Stored<Troubles>>().defaultRaw("'{}'"),
    updatedAt: p.datetime().defaultRaw("now()"),
  },
});
export type RepositoryRow = InferEntity<typeof RepositoryRow>;

export const GrantRow = defineEntity({
  name: "GrantRow",
  tableName: "grants",
  properties: {
    id: p.uuid().primary(),
    organizationId: p.uuid().nullable(),
    repositoryId: p.bigint("number").nullable(),
    accountId: p.bigint("number").nullable(),
    grantedBy: p.text(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
export type GrantRow = InferEntity<typeof GrantRow>;

export const CheckRow = defineEntity({
  name: "CheckRow",
  tableName: "checks",
  properties: {
    repositoryId: p.bigint("number").primary(),
    subject: p.text().primary(),
    headSha: p.text().primary(),
    checkRunId: p.bigint("number"),
    conclusion: p.text().nullable(),
    leaseUntil: p.datetime().nullable(),
    runAllowedBy: p.text().nullable(),
    awaits: p.text().nullable(),
    updatedAt: p.datetime().defaultRaw("now()"),
  },
});
export type CheckRow = InferEntity<typeof CheckRow>;

export const MergeGroupRow = defineEntity({
  name: "MergeGroupRow",
  tableName: "merge_groups",
  properties: {
    repositoryId: p.bigint("number").primary(),
    headSha: p.text().primary(),
    baseSha: p.text(),
    baseBranch: p.text(),
    isOver: p.boolean(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

export const entities = [OrganizationRow, InstallationRow, RepositoryRow, GrantRow, CheckRow, MergeGroupRow];
