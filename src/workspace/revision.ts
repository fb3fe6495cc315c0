// One step in the life of a scope: every sync that changes a scope makes exactly one.

export interface Revision {
  /** Rises by one per scope, from 1. */
  readonly number: number;
  readonly repositoryId: number | null;
  readonly commit: string | null;
  readonly author: string | null;
  /** When the commit was made, by git; null where there is no commit. */
  readonly committedAt: Date | null;
  readonly createdAt: Date;
  readonly upserts: number;
  readonly deletes: number;
}
