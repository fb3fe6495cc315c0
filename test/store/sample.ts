// Values that the store's tests write: files as a sync brings them, repositories and organisations of their own.
import { createHash, randomUUID } from "node:crypto";
import type { Store, SyncChange } from "../../src/store/store.ts";
import type { FileContent } from "../../src/workspace/file.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import type { ContentHash } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import type { RepositoryFacts } from "../../src/workspace/repository.ts";
import { scopeOf } from "../../src/workspace/scope.ts";

export const path = (text: string) => text as WorkspacePath;

/** A module as a sync hands it to the store. */
function sampleFile(at: string, content: string, repositoryId: number): FileContent {
  const bytes = Buffer.from(content);
  return {
    path: path(at),
    entityType: "module",
    content,
    hash: createHash("sha256").update(bytes).digest("hex") as ContentHash,
    gitSha: createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex"),
    sizeBytes: bytes.length,
    repositoryId,
  };
}

/** A sync of these files, by path, and deletes. */
export function sampleChange(
  repositoryId: number,
  files: Readonly<Record<string, string>>,
  deletes: readonly string[] = [],
): SyncChange {
  const commit = createHash("sha1").update(randomUUID()).digest("hex");
  return {
    repositoryId,
    commit,
    author: "Ada",
    committedAt: new Date("2026-03-01T12:00:00Z"),
    upserts: Object.entries(files).map(([at, content]) => sampleFile(at, content, repositoryId)),
    deletes: deletes.map(path),
    report: ({ revision, upserts, deletes: deleted, conflicts }) => ({
      commit,
      state: "bound",
      scope: null,
      revision,
      counts: { upserts: upserts.length, deletes: deleted.length, skipped: 0, refused: conflicts.length },
      upserts,
      deletes: deleted,
      unchanged: 0,
      skipped: [],
      diagnostics: [],
    }),
  };
}

// Above what 32 bits hold, as GitHub's ids will be.
let lastRepositoryId = 5_000_000_000;

/** Facts of a repository that no other test has. */
export function sampleRepository(facts: Partial<RepositoryFacts> = {}): RepositoryFacts {
  lastRepositoryId += 1;
  return {
    id: lastRepositoryId,
    installationId: 11,
    accountId: 22,
    owner: "acme-inc",
    name: `modules-${lastRepositoryId}`,
    defaultBranch: "main",
    private: true,
    archived: false,
    ...facts,
  };
}

/** An organisation of a test's own. */
export async function sampleScope(store: Store): Promise<WritableScope> {
  return grantOperator(
    scopeOf(await store.createOrganization(`org-${randomUUID().slice(0, 13)}`, "An organisation", "test")),
  );
}

/** A repository of a test's own, bound to a scope. */
export async function boundRepository(store: Store, granted: WritableScope, facts?: Partial<RepositoryFacts>) {
  const repository = sampleRepository(facts);
  await store.saveRepositories([repository]);
  await store.bindRepository(repository.id, granted, { by: "Ada", commit: "b".repeat(40) });
  return repository;
}
