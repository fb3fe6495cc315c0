// Modules and overrides as the API tells them: each shape with how it is made of what the catalogue knows.
import { z } from "zod";
import type { CatalogEntry } from "../../catalog/catalog.ts";
import { layerNames } from "../../catalog/catalog.ts";
import type { NameOf } from "../../history/repository-names.ts";
import { entityTypes } from "../../workspace/file.ts";
import { overrideStates } from "../../workspace/override.ts";
import type { FileVersion, Revision } from "../../workspace/revision.ts";
import { scopeSlug } from "../../workspace/scope.ts";

const layer = z.enum(layerNames).describe("`own`: the scope's; `global`: what an organisation sees below its own");
const path = z.string().describe("Relative to the root of the workspace");

/** Which step of a layer, by whom and when. */
export const revisionShape = z
  .object({
    number: z.int(),
    at: z.iso.datetime(),
    author: z.string().nullable(),
    commit: z.string().nullable(),
    repository: z.string().nullable().describe("`owner/name`"),
  })
  .meta({ id: "RevisionOfFile" });

export function revisionData(revision: Revision, nameOf: NameOf): z.infer<typeof revisionShape> {
  const { number, createdAt, author, commit, repositoryId } = revision;
  return { number, at: createdAt.toISOString(), author, commit, repository: nameOf(repositoryId) };
}

/** A file of a list. */
export const moduleShape = z
  .object({
    path,
    name: z.string().describe("The name that it goes by in every layer: the path without extension and without /index"),
    kind: z.enum(entityTypes),
    layer,
    scope: z.string().describe("The slug of the layer's scope"),
    size: z.int().describe("Bytes"),
    hash: z.string().describe("SHA-256 of the bytes"),
    changed: revisionShape.nullable(),
    overrides: z.string().nullable().describe("The path of the global file that it hides"),
    hiddenBy: z.string().nullable().describe("The path of the organisation's file that hides it"),
    override: z.enum(overrideStates).nullable().describe("How it stands to what it hides, or hid"),
    pinned: z.enum(["current", "behind"]).nullable().describe("Where the layer is pinned: whether global has moved on"),
  })
  .meta({ id: "Module" });

export function moduleData(entry: CatalogEntry, nameOf: NameOf): z.infer<typeof moduleShape> {
  const { name, kind, scope, sizeBytes, hash, changed, overrides, hiddenBy, override, pinned } = entry;
  return {
    path: entry.path,
    name,
    kind,
    layer: entry.layer,
    scope: scopeSlug(scope),
    size: sizeBytes,
    hash,
    changed: changed ? revisionData(changed, nameOf) : null,
    overrides,
    hiddenBy,
    override,
    pinned,
  };
}

/** What a file held from one revision to another. */
export const versionShape = z
  .object({
    path,
    hash: z.string(),
    size: z.int().describe("Bytes"),
    made: revisionShape,
    ended: revisionShape.nullable().describe("The revision that replaced or deleted it; null while it is there"),
  })
  .meta({ id: "FileVersion" });

export function versionData(version: FileVersion, nameOf: NameOf): z.infer<typeof versionShape> {
  const { hash, sizeBytes, made, ended } = version;
  return {
    path: version.path,
    hash,
    size: sizeBytes,
    made: revisionData(made, nameOf),
    ended: ended ? revisionData(ended, nameOf) : null,
  };
}

export const diffShape = z
  .object({
    kind: z.enum(["added", "deleted", "renamed", "changed"]),
    from: z.string().nullable(),
    to: z.string().nullable(),
    added: z.int(),
    removed: z.int(),
    hunks: z.array(
      z.object({
        fromLine: z.int(),
        fromLines: z.int(),
        toLine: z.int(),
        toLines: z.int(),
        lines: z.array(z.string()).describe("Each begins with ` `, `-`, `+`, or `\\` where the line above has no end"),
      }),
    ),
  })
  .meta({ id: "FileDiff" });
