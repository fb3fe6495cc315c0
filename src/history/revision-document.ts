// Revisions as other programs read them, on the command line and by the API.
import type { Revision } from "../workspace/revision.ts";
import type { NameOf } from "./repository-names.ts";

/** Takes a revision and gives the document. Times are ISO 8601, absent things null. */
export function revisionDocument(revision: Revision, nameOf: NameOf) {
  const { number, kind, createdAt, commit, author, committedAt, repositoryId, upserts, deletes } = revision;
  const { pin, copyOf, droppedAt } = revision;
  return {
    revision: number,
    kind,
    at: createdAt.toISOString(),
    commit,
    author,
    committedAt: committedAt?.toISOString() ?? null,
    repository: nameOf(repositoryId),
    upserts,
    deletes,
    pin,
    copyOf,
    droppedAt: droppedAt?.toISOString() ?? null,
  };
}
