// Who did what to whom: one record an act, written with the act and never changed.

export const auditActs = [
  "organization-created",
  "organization-renamed",
  "granted",
  "revoked",
  "grant-refused",
  "bound",
  "rebound",
  "approved",
  "run-allowed",
  "purged",
  "pinned",
  "unpinned",
  "released",
  "release-moved",
  "release-gone",
  "rolled-back",
  "rollback-ended",
  "history-dropped",
] as const;
export type AuditAct = (typeof auditActs)[number];

/**
 * Where an act came from.
 * - `command-line`: an operator with the deployment's credentials; who that is, is what their machine claims.
 * - `webhook`: a commit or tag that GitHub told of, with the delivery and the login of whoever pushed it.
 * - `github`: a button that somebody pressed on GitHub.
 * - `dashboard`: somebody who had signed in with GitHub, on a page of this server.
 * - `app`: the app found it by itself, such as a commit that no webhook told of.
 */
export type AuditSource =
  | { readonly from: "command-line"; readonly claims: string }
  | { readonly from: "webhook"; readonly delivery: string; readonly sender: string | null }
  | { readonly from: "github" | "dashboard"; readonly login: string }
  | { readonly from: "app" };

export interface AuditRecord {
  /** Rises with every record. */
  readonly id: number;
  readonly at: Date;
  readonly act: AuditAct;
  /** The slug of the scope, as it was then; null where the act has none. */
  readonly scope: string | null;
  readonly repositoryId: number | null;
  /** The repository's `owner/name` as it was then. */
  readonly repository: string | null;
  readonly by: string;
  readonly source: AuditSource;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** Whoever did something as people call them: their login where GitHub knows them, else what the record has. */
export function actorName(by: string): string {
  return by.replace(/^(?:github|dashboard):/, "");
}
