// Shapes that the documents of several commands have in common. Those with an id have a heading of their own in the reference.
import { z } from "zod";
import { diagnosticCodes } from "../workspace/diagnostic.ts";
import { bindingStates } from "../workspace/repository.ts";
import { revisionKinds } from "../workspace/revision.ts";
import { repositoryStatuses } from "../workspace/standing.ts";

/** A count, a number of a revision or an id. */
export const integer = z.number().int();
export const text = z.string();
/** A moment, ISO 8601 in UTC. */
export const moment = z.iso.datetime().meta({ id: "Time", description: "ISO 8601, in UTC" });

export const diagnostic = z
  .strictObject({
    code: z.enum(diagnosticCodes),
    severity: z.enum(["error", "warning", "notice"]),
    message: text,
    scope: text.nullable().meta({ description: "the slug of the layer that the path is in" }),
    path: text.nullable(),
    line: integer.nullable().meta({ description: "from 1" }),
    column: integer.nullable().meta({ description: "from 1, in UTF-16 code units" }),
    endColumn: integer.optional().meta({ description: "exclusive, on the same line" }),
    specifier: text.optional(),
    tried: z.array(z.strictObject({ scope: text, path: text })).optional(),
    nearest: text.optional(),
    remedy: text.optional(),
    stack: z.array(text).optional(),
    functions: z.array(text.nullable()).optional().meta({ description: "of the frames of `stack`, as V8 names them" }),
  })
  .meta({ id: "Diagnostic" });

/** A revision's keys, for documents that say more than them. */
export const revisionKeys = {
  revision: integer,
  kind: z.enum(revisionKinds),
  at: moment,
  commit: text.nullable(),
  author: text.nullable(),
  committedAt: moment.nullable(),
  repository: text.nullable().meta({ description: "owner/name; null where no repository brought it" }),
  upserts: integer.meta({ description: "files written" }),
  deletes: integer,
  pin: z
    .strictObject({ revision: integer, release: text.nullable() })
    .nullable()
    .meta({ description: "of global, from here on; null: it followed global" }),
  copyOf: integer.nullable().meta({ description: "the revision that a rollback made this one equal to" }),
  droppedAt: moment.nullable().meta({ description: "when retention dropped its files" }),
} as const;

export const revision = z.strictObject(revisionKeys).meta({ id: "Revision" });

/** A version of a file, and the revision that made it. */
export const version = z.strictObject({ path: text, hash: text, ...revisionKeys }).meta({ id: "Version" });

const trouble = z
  .strictObject({ code: text, message: text, remedy: text, at: moment, waitUntil: moment.nullable() })
  .meta({ id: "Trouble" });

const syncReport = z
  .strictObject({
    commit: text,
    state: z.enum(bindingStates),
    scope: text.nullable(),
    revision: integer.nullable(),
    counts: z.strictObject({ upserts: integer, deletes: integer, skipped: integer, refused: integer }),
    upserts: z.array(text),
    deletes: z.array(text),
    pin: z.strictObject({ from: integer.nullable(), to: integer.nullable(), release: text.nullable() }).optional(),
    unchanged: integer,
    skipped: z.array(z.strictObject({ path: text, reason: text, detail: text })),
    diagnostics: z.array(diagnostic),
  })
  .meta({ id: "SyncReport", description: "the first 100 of each list" });

const hold = z.strictObject({
  commit: text,
  deletes: integer,
  live: integer,
  since: moment,
  examples: z.array(text),
  approvedBy: text.nullable(),
});

/** A repository's keys, for documents that say more than them. */
export const repositoryKeys = {
  id: integer,
  repository: text.meta({ description: "owner/name" }),
  defaultBranch: text,
  private: z.boolean(),
  archived: z.boolean(),
  suspended: z.boolean(),
  state: z.enum(bindingStates),
  status: z.enum(repositoryStatuses),
  message: text,
  remedy: text.nullable(),
  scope: text.nullable(),
  requestedScope: text.nullable(),
  wantedCommit: text.nullable(),
  syncedCommit: text.nullable(),
  syncedAt: moment.nullable(),
  revision: integer.nullable(),
  runningSince: moment.nullable(),
  nextTryAt: moment.nullable(),
  failedTries: integer,
  lastError: trouble.nullable(),
  lastCheckError: trouble.nullable(),
  hold: hold.nullable(),
  quota: z.strictObject({ limit: integer, remaining: integer, resetAt: moment, seenAt: moment }).nullable(),
  lastSync: syncReport.nullable(),
} as const;

export const repository = z.strictObject(repositoryKeys).meta({ id: "Repository" });

/** What a command prints with `--json` in place of its document where it could not do what it was asked. */
export const failure = z.strictObject({
  ok: z.literal(false),
  error: z.strictObject({ code: text, message: text, remedy: text }),
});
