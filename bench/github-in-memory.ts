// GitHub answering at once from memory: what is measured is our own time, and not that of somebody's server. It holds one
// repository, whose head is a tree of sources, and takes check runs without a word.
import { gitBlobSha } from "../src/digest.ts";
import type { CommitFacts, GitHub, PullRequestFacts } from "../src/github/github.ts";
import type { TreeFile } from "../src/workspace/file.ts";
import type { RepositoryFacts } from "../src/workspace/repository.ts";
import type { Sources } from "./modules.ts";

export interface InMemoryGitHub extends GitHub {
  /** Makes a commit of files, and the head of the default branch where no pull request is given. */
  commitFiles(sources: ReadonlyMap<string, string>, pullNumber?: number): void;
}

export function createInMemoryGitHub(facts: RepositoryFacts): InMemoryGitHub {
  const trees = new Map<string, TreeFile[]>();
  const blobs = new Map<string, Uint8Array>();
  const pulls = new Map<number, PullRequestFacts>();
  let head: CommitFacts | undefined;
  let commits = 0;
  const commit = (sha: string): CommitFacts => ({
    sha,
    treeSha: sha,
    author: "author",
    committedAt: new Date(),
    parents: [],
  });
  const blob = (sha: string): Uint8Array => {
    const bytes = blobs.get(sha);
    if (bytes === undefined) throw new Error(`There is no blob ${sha}`);
    return bytes;
  };
  const read: Pick<GitHub, "blob" | "blobs"> = {
    blob: async (_, sha) => blob(sha),
    blobs: async (_, shas) => new Map(Array.from(shas, (sha) => [sha, blob(sha)])),
  };
  return {
    commitFiles(sources, pullNumber) {
      commits += 1;
      const sha = commits.toString(16).padStart(40, "0");
      const tree = [...sources].map(([path, source]): TreeFile => {
        const bytes = Buffer.from(source);
        const gitSha = gitBlobSha(bytes);
        blobs.set(gitSha, bytes);
        return { path, mode: "100644", gitSha, sizeBytes: bytes.length };
      });
      trees.set(sha, tree);
      if (pullNumber === undefined) head = commit(sha);
      else pulls.set(pullNumber, pullRequest(pullNumber, sha, facts));
    },
    quota: () => undefined,
    failedDeliveries: async () => ({ attempts: [], nextCursor: undefined }),
    redeliver: async () => false,
    installations: async () => [],
    installationRepositories: async () => [facts],
    repository: async () => facts,
    head: async () => head,
    headSince: async () => ({ kind: "head", sha: head?.sha ?? null, etag: null }),
    commit: async (_, sha) => commit(sha),
    tree: async (_, sha) => trees.get(sha) ?? [],
    folders: async (_, sha) => trees.get(sha) ?? [],
    ...read,
    commitBlobs: () => ({ ...read, [Symbol.asyncDispose]: async () => {} }),
    tags: async () => [],
    pullRequest: async (_, number) => pulls.get(number),
    openPullsSince: async () => ({ kind: "unchanged" }),
    mergeBase: async () => head,
    pullRequestsAt: async () => [],
    createCheckRun: async () => 1,
    updateCheckRun: async () => {},
    noteOnCheckRun: async () => {},
    roleOf: async () => "none",
  };
}

function pullRequest(number: number, headSha: string, facts: RepositoryFacts): PullRequestFacts {
  return {
    number,
    title: "A change",
    state: "open",
    draft: false,
    headSha,
    headRepositoryId: facts.id,
    baseRef: facts.defaultBranch,
    baseSha: headSha,
    testMerge: { commitSha: headSha },
  };
}

/** A repository's tree: its sources and the file that binds it. */
export function boundTree(scope: string, sources: Sources): Map<string, string> {
  return new Map([[".github/bifrost.yml", `scope: ${scope}\n`], ...sources]);
}
