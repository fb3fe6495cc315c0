// How a sync gets at the contents of a commit: a first sync, which wants nearly all of them, reads the repository's own
// file and the modules out of one archive.
import type { CommitBlobs, CommitFacts } from "../github/github.ts";
import { selectFiles } from "../manifest/manifest.ts";
import type { TreeFile } from "../workspace/file.ts";
import type { Repository } from "../workspace/repository.ts";
import type { SyncEdges } from "./sync-repository.ts";

/** Opens the blobs of a commit whose tree was read. Whatever is expected of them, any blob can be asked for. */
export async function openBlobs(
  { github, store }: Pick<SyncEdges, "github" | "store">,
  repository: Repository,
  head: CommitFacts,
  tree: readonly TreeFile[],
): Promise<CommitBlobs> {
  const isFirst = repository.syncedSha === null;
  // Where nobody granted anything, the repository's own file is all that is read.
  const isGranted = isFirst && (await store.grantsFor(repository)).length > 0;
  // What the file says of root and ignored files is not known yet.
  const expectedCount = isGranted ? selectFiles(tree, { root: "", ignore: [] }).keep.length : 0;
  return github.commitBlobs(repository, head.sha, expectedCount);
}
