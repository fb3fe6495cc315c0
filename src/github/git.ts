// Commits and trees. A tree is the manifest of a sync, so it is given complete or not at all.
import { z } from "zod";
import { Fault } from "../errors.ts";
import type { TreeFile } from "../workspace/file.ts";
import { answeredWith, parseAnswer, read, servedYet } from "./answer.ts";
import type { Connection, Octokit } from "./connection.ts";
import type { CommitFacts, RepositoryAddress } from "./github.ts";
import { fileOf, type RecentTrees, treeEntry } from "./recent-trees.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const commitContent = z.object({
  tree: z.object({ sha }),
  author: z.object({ name: z.string() }),
  committer: z.object({ date: z.iso.datetime({ offset: true }) }),
});
const parents = z.array(z.object({ sha }));
const commitAnswer = commitContent.extend({ sha, parents });
const listedCommit = z.object({ sha, commit: commitContent, parents });
const branchAnswer = z.object({ commit: listedCommit });
const comparisonAnswer = z.object({ merge_base_commit: listedCommit });
// Entries are checked one by one, and only those of which it is not known.
const treeAnswer = z.object({ truncated: z.boolean(), tree: z.array(z.unknown()) });

// A tree of 100,000 entries is truncated, so a walk of this many folders is a repository of absurd size.
const foldersMax = 20_000;
// GitHub's secondary limits bite at 100 requests at once; several installations and jobs share what is below that.
const concurrencyMax = 10;

/**
 * The commit at the head of a branch; `undefined` where the repository is empty or has no such branch. A branch comes
 * with its commit, which a ref does not: one request in place of two.
 */
export async function readHead(
  connection: Connection,
  address: RepositoryAddress,
  branch: string,
): Promise<CommitFacts | undefined> {
  const { repos } = contentsOf(connection, address).rest;
  try {
    const { data } = await repos.getBranch({ owner: address.owner, repo: address.name, branch });
    const { commit: head } = read(`the branch ${branch}`, branchAnswer, data);
    return commitOf(head.sha, head.commit, head.parents);
  } catch (error) {
    if (answeredWith(error, 404, 409)) return undefined;
    throw error;
  }
}

/** One commit. Throws `github-behind` where GitHub does not serve it. */
export async function readCommit(
  connection: Connection,
  address: RepositoryAddress,
  commitSha: string,
): Promise<CommitFacts> {
  const what = `commit ${commitSha} of ${address.owner}/${address.name}`;
  const request = contentsOf(connection, address).rest.git.getCommit({
    owner: address.owner,
    repo: address.name,
    commit_sha: commitSha,
  });
  const commit = read(what, commitAnswer, (await servedYet(what, request)).data);
  return commitOf(commit.sha, commit, commit.parents);
}

/** The commit at which two commits parted; `undefined` where they have none in common. */
export async function readMergeBase(
  connection: Connection,
  address: RepositoryAddress,
  oneSha: string,
  otherSha: string,
): Promise<CommitFacts | undefined> {
  try {
    const { data } = await contentsOf(connection, address).rest.repos.compareCommitsWithBasehead({
      owner: address.owner,
      repo: address.name,
      basehead: `${oneSha}...${otherSha}`,
      // The files that differ are on the first page alone, and nobody asks for them here.
      page: 2,
      per_page: 1,
    });
    const { merge_base_commit: base } = read(`the difference of ${oneSha} and ${otherSha}`, comparisonAnswer, data);
    return commitOf(base.sha, base.commit, base.parents);
  } catch (error) {
    if (answeredWith(error, 404)) return undefined;
    throw error;
  }
}

function commitOf(
  commitSha: string,
  content: z.infer<typeof commitContent>,
  parentsOf: z.infer<typeof parents>,
): CommitFacts {
  return {
    sha: commitSha,
    treeSha: content.tree.sha,
    author: content.author.name,
    committedAt: new Date(content.committer.date),
    parents: parentsOf.map((parent) => parent.sha),
  };
}

/** Every blob, symlink and submodule of a tree, with paths from its root; `undefined` where GitHub cuts it off. */
export async function readTree(
  connection: Connection,
  trees: RecentTrees,
  address: RepositoryAddress,
  treeSha: string,
): Promise<readonly TreeFile[] | undefined> {
  const recalled = trees.recall(address.id, treeSha);
  if (recalled !== undefined) return recalled;
  const whole = await fetchTree(contentsOf(connection, address), address, treeSha, true);
  return whole.truncated ? undefined : trees.learn(address.id, treeSha, whole.tree, whole.check);
}

/**
 * The same folder by folder, which GitHub never cuts below 100,000 entries of a single folder. Takes which folders to
 * look into, by their paths from the root; what lies in the others is not part of the answer.
 */
export async function readFolders(
  connection: Connection,
  address: RepositoryAddress,
  treeSha: string,
  isWanted: (folder: string) => boolean,
): Promise<TreeFile[]> {
  const octokit = contentsOf(connection, address);
  const files: TreeFile[] = [];
  let level: { readonly path: string; readonly sha: string }[] = [{ path: "", sha: treeSha }];
  let folders = 0;
  while (level.length > 0) {
    folders += level.length;
    if (folders > foldersMax) throw tooLarge(address, `it has over ${foldersMax} folders`);
    const trees = await mapAtOnce(level, concurrencyMax, async (folder) => ({
      folder,
      answer: await fetchTree(octokit, address, folder.sha, false),
    }));
    level = [];
    for (const { folder, answer } of trees) {
      if (answer.truncated) throw tooLarge(address, `its folder "${folder.path}" has too many entries`);
      for (const entry of answer.tree.map(answer.check)) {
        const path = folder.path + entry.path;
        if (entry.type !== "tree") files.push(fileOf(folder.path, entry));
        else if (isWanted(path)) level.push({ path: `${path}/`, sha: entry.sha });
      }
    }
  }
  return files;
}

function tooLarge(address: RepositoryAddress, why: string): Fault {
  return new Fault("github-rejected", `Cannot read ${address.owner}/${address.name} completely: ${why}`, {
    remedy: "Keep the modules in a repository of their own",
  });
}

async function fetchTree(octokit: Octokit, address: RepositoryAddress, treeSha: string, recursive: boolean) {
  const what = `tree ${treeSha} of ${address.owner}/${address.name}`;
  const request = octokit.rest.git.getTree({
    owner: address.owner,
    repo: address.name,
    tree_sha: treeSha,
    ...(recursive && { recursive: "1" }),
    // Octokit looks at every value of an answer by itself, which takes ten times as long as to read the whole of a tree.
    request: { parseSuccessResponseBody: false },
  });
  const { truncated, tree } = read(what, treeAnswer, await parseAnswer(what, (await servedYet(what, request)).data));
  return { truncated, tree, check: (entry: unknown) => read(what, treeEntry, entry) };
}

/** The Octokit that may read a repository's contents and nothing else. */
export function contentsOf(connection: Connection, address: RepositoryAddress): Octokit {
  return connection.as({ installationId: address.installationId, repositoryId: address.id, purpose: "contents" });
}

/** Runs `work` on every item with at most `atOnce` under way, and keeps the order. The first failure ends it. */
export async function mapAtOnce<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const waiting = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [index, item] of waiting) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
