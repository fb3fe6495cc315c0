// Pull requests as the API and the webhooks write them.
import { apiTime, apiTimeOrNull, nodeId } from "../identifiers.ts";
import type { PullRequest } from "../pull-request.ts";
import type { Repository } from "../repository.ts";
import { simpleUser } from "./account.ts";
import { repositoryAnswer } from "./repository.ts";

/** A pull request as lists show it. */
export function pullRequestSimple(pull: PullRequest) {
  const { repository, headRepository, number } = pull;
  const url = `${repository.apiUrl}/pulls/${number}`;
  const issueUrl = `${repository.apiUrl}/issues/${number}`;
  const htmlUrl = `${repository.htmlUrl}/pull/${number}`;
  const links = {
    self: url,
    html: htmlUrl,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repository.apiUrl}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repository.apiUrl}/statuses/${pull.headSha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: htmlUrl,
    diff_url: `${htmlUrl}.diff`,
    patch_url: `${htmlUrl}.patch`,
    issue_url: issueUrl,
    number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: simpleUser(pull.user),
    body: pull.body,
    created_at: apiTime(pull.createdAt),
    updated_at: apiTime(pull.updatedAt),
    closed_at: apiTimeOrNull(pull.closedAt),
    merged_at: apiTimeOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    draft: pull.draft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: end(headRepository, pull.headBranch, pull.headSha),
    base: end(repository, pull.baseBranch, pull.baseSha),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: pull.isFromFork ? "NONE" : "MEMBER",
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** A pull request asked for by itself, with its numbers. */
export async function pullRequestAnswer(pull: PullRequest) {
  const { git } = pull.repository;
  const base = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
  const [commits, files] = await Promise.all([git.log(base, pull.headSha), git.diff(base, pull.headSha)]);
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + file[key], 0);
  return {
    ...pullRequestSimple(pull),
    merged: pull.mergedAt !== null,
    // GitHub works these out in the background and says null until then.
    mergeable: null,
    rebaseable: null,
    mergeable_state: "unknown",
    merged_by: pull.mergedBy === undefined ? null : simpleUser(pull.mergedBy),
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: pull.isFromFork,
    commits: commits.length,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changed_files: files.length,
  };
}

/** A pull request as checks mention it. */
export function pullRequestMinimal(pull: PullRequest) {
  const short = ({ id, apiUrl, name }: Repository) => ({ id, url: apiUrl, name });
  return {
    id: pull.id,
    number: pull.number,
    url: `${pull.repository.apiUrl}/pulls/${pull.number}`,
    head: { ref: pull.headBranch, sha: pull.headSha, repo: short(pull.headRepository) },
    base: { ref: pull.baseBranch, sha: pull.baseSha, repo: short(pull.repository) },
  };
}

function end(repository: Repository, ref: string, sha: string) {
  const { owner } = repository;
  const repo = repository.isDeleted ? null : repositoryAnswer(repository);
  return { label: `${owner.login}:${ref}`, ref, sha, user: simpleUser(owner), repo };
}
