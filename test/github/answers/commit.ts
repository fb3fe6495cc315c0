// Commits, refs and differences as the API writes them.

import type { Signature } from "../fast-import.ts";
import type { DiffEntry } from "../git-diff.ts";
import type { GitCommit } from "../git-repository.ts";
import { apiTime, nodeId } from "../identifiers.ts";
import type { Repository } from "../repository.ts";
import { simpleUser } from "./account.ts";

const unverified = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** A git path with each segment made safe for a URL. */
export function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** A commit of the git database. */
export function gitCommit(repository: Repository, commit: GitCommit) {
  const url = (kind: string, sha: string) => `${repository.apiUrl}/git/${kind}/${sha}`;
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    url: url("commits", commit.sha),
    html_url: `${repository.htmlUrl}/commit/${commit.sha}`,
    author: signature(commit.author),
    committer: signature(commit.committer),
    tree: { sha: commit.treeSha, url: url("trees", commit.treeSha) },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: url("commits", sha),
      html_url: `${repository.htmlUrl}/commit/${sha}`,
    })),
    verification: unverified,
  };
}

/** A commit of a repository, with the accounts that its addresses belong to. */
export function repositoryCommit(repository: Repository, commit: GitCommit) {
  const { sha } = commit;
  const { author, committer, message, tree, verification } = gitCommit(repository, commit);
  const url = `${repository.apiUrl}/commits/${sha}`;
  return {
    sha,
    node_id: nodeId("C", sha),
    commit: {
      author,
      committer,
      message,
      tree,
      url: `${repository.apiUrl}/git/commits/${sha}`,
      comment_count: 0,
      verification,
    },
    url,
    html_url: `${repository.htmlUrl}/commit/${sha}`,
    comments_url: `${url}/comments`,
    author: accountOf(repository, commit.author),
    committer: accountOf(repository, commit.committer),
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${repository.apiUrl}/commits/${parent}`,
      html_url: `${repository.htmlUrl}/commit/${parent}`,
    })),
  };
}

/** A file that changed, in the comparison at a commit. */
export function diffEntry(repository: Repository, sha: string, entry: DiffEntry) {
  const path = encodedPath(entry.path);
  return {
    sha: entry.sha,
    filename: entry.path,
    status: entry.status,
    additions: entry.additions,
    deletions: entry.deletions,
    changes: entry.additions + entry.deletions,
    blob_url: `${repository.htmlUrl}/blob/${sha}/${path}`,
    raw_url: `${repository.htmlUrl}/raw/${sha}/${path}`,
    contents_url: `${repository.apiUrl}/contents/${path}?ref=${sha}`,
    ...(entry.patch === undefined ? {} : { patch: entry.patch }),
    ...(entry.previousPath === undefined ? {} : { previous_filename: entry.previousPath }),
  };
}

/** A ref and what it points at. */
export function gitReference(repository: Repository, ref: string, object: { sha: string; type: string }) {
  return {
    ref,
    node_id: nodeId("REF", ref),
    url: `${repository.apiUrl}/git/${encodedPath(ref)}`,
    object: { ...object, url: `${repository.apiUrl}/git/${object.type}s/${object.sha}` },
  };
}

/** A commit as check suites and merge groups carry it. */
export function simpleCommit(commit: GitCommit) {
  const { author, committer } = commit;
  return {
    id: commit.sha,
    tree_id: commit.treeSha,
    message: commit.message,
    timestamp: apiTime(committer.date),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}

function signature({ name, email, date }: Signature) {
  return { name, email, date: apiTime(date) };
}

function accountOf(repository: Repository, { email }: Signature) {
  const account = repository.github.accounts.find((candidate) => candidate.email === email);
  return account === undefined ? null : simpleUser(account);
}
