// Contents of the files that a tree wants and the scope does not have, and which of them no scope can have.
import { contentHash, gitBlobSha } from "../digest.ts";
import type { CommitFacts, GitHub } from "../github/github.ts";
import type { Store } from "../store/store.ts";
import type { WantedFile } from "../workspace/diff.ts";
import { decodeContent, type FileContent, type StoredFile, type UnreadableBlob } from "../workspace/file.ts";
import type { WritableScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import type { Repository } from "../workspace/repository.ts";
import type { ProgressTeller } from "./progress.ts";

export interface ReadEdges {
  readonly github: GitHub;
  readonly store: Store;
}

export interface ReadingFor {
  readonly repository: Repository;
  readonly head: CommitFacts;
  readonly granted: WritableScope;
  readonly tell: ProgressTeller["tell"];
}

/** A file whose blob is unreadable. */
export interface UnreadableFile extends UnreadableBlob {
  readonly path: WorkspacePath;
}

interface DecodedBlob {
  readonly content: ReturnType<typeof decodeContent>;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
}

/** Contents of files: from the store where the same blob is stored under another path, else from GitHub. */
export async function readFiles(
  edges: ReadEdges,
  reading: ReadingFor,
  wanted: readonly WantedFile[],
  stored: ReadonlyMap<WorkspacePath, StoredFile>,
): Promise<{ readonly files: FileContent[]; readonly skipped: UnreadableFile[] }> {
  const shas = new Set(wanted.map((file) => file.gitSha));
  const blobs = await readBlobs(edges, reading, shas, stored);
  const decoded = new Map<string, DecodedBlob>();
  for (const [sha, bytes] of blobs) {
    decoded.set(sha, { content: decodeContent("", bytes), hash: contentHash(bytes), sizeBytes: bytes.length });
    // The text is kept from here on: holding both of 30 MB is memory for nothing.
    blobs.delete(sha);
  }
  const files: FileContent[] = [];
  const skipped: UnreadableFile[] = [];
  for (const { path, entityType, gitSha } of wanted) {
    const blob = decoded.get(gitSha);
    if (blob === undefined) throw new TypeError(`No content for the blob ${gitSha}`);
    const { content, hash, sizeBytes } = blob;
    if ("text" in content) {
      const repositoryId = reading.repository.id;
      files.push({ path, entityType, gitSha, hash, sizeBytes, repositoryId, content: content.text });
    } else skipped.push({ path, gitSha, reason: content.reason, detail: content.detail });
  }
  return { files, skipped };
}

/** Bytes by blob id. A rename costs no request: the same repository's stored copy of a blob is as good as GitHub's. */
async function readBlobs(
  { github, store }: ReadEdges,
  { repository, head, granted, tell }: ReadingFor,
  shas: ReadonlySet<string>,
  stored: ReadonlyMap<WorkspacePath, StoredFile>,
): Promise<Map<string, Uint8Array>> {
  const twins: WorkspacePath[] = [];
  for (const { path, gitSha } of stored.values()) if (shas.has(gitSha)) twins.push(path);
  const contents = await store.contents(granted, twins);
  const blobs = new Map<string, Uint8Array>();
  for (const { content } of contents.values()) {
    const bytes = new TextEncoder().encode(content);
    blobs.set(gitBlobSha(bytes), bytes);
  }
  const missing = [...shas].filter((sha) => !blobs.has(sha));
  const known = blobs.size;
  tell("files", known, shas.size);
  const onRead = (count: number) => tell("files", known + count, shas.size);
  for (const [sha, bytes] of await github.blobs(repository, missing, head.sha, onRead)) blobs.set(sha, bytes);
  return blobs;
}
