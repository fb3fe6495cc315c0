// Commits as a repository's history shows them, and comparisons between two of them.
import { diffEntry, repositoryCommit } from "../answers/commit.ts";
import { pullRequestSimple } from "../answers/pull-request.ts";
import { type Exchange, json, pageOf, type Route } from "../exchange.ts";
import type { GitCommit } from "../git-repository.ts";
import { notFound, Refusal } from "../refusal.ts";
import { refuseEmpty } from "./git-database.ts";

const access = { as: "installation", permission: ["contents", "read"] } as const;
const commitsMax = 250;
const filesMax = 300;

export const commitRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits",
    access,
    answer: async (exchange) => {
      const { repository, query } = exchange;
      refuseEmpty(repository);
      const start = await repository.git.commit(query.get("sha") ?? repository.defaultBranch);
      if (start === undefined) throw notFound();
      const { items, headers } = pageOf(exchange, (await repository.git.log(undefined, start.sha)).toReversed());
      return { status: 200, headers, body: items.map((commit) => repositoryCommit(repository, commit)) };
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}",
    access,
    answer: async (exchange) => {
      const { repository } = exchange;
      const commit = await commitAt(exchange, exchange.path.ref ?? "");
      const parent = commit.parents[0] ?? emptyTree;
      const entries = await repository.git.diff(parent, commit.sha);
      const sum = (key: "additions" | "deletions") => entries.reduce((total, entry) => total + entry[key], 0);
      const [additions, deletions] = [sum("additions"), sum("deletions")];
      return json({
        ...repositoryCommit(repository, commit),
        stats: { additions, deletions, total: additions + deletions },
        files: entries.slice(0, filesMax).map((entry) => diffEntry(repository, commit.sha, entry)),
      });
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/branches/{branch}",
    access,
    answer: async ({ repository, path }) => {
      const branch = path.branch ?? "";
      const commit = await repository.git.commit(`refs/heads/${branch}`);
      if (commit === undefined) throw new Refusal(404, "Branch not found");
      const name = encodeURIComponent(branch);
      const self = `${repository.apiUrl}/branches/${name}`;
      return json({
        name: branch,
        commit: repositoryCommit(repository, commit),
        _links: { self, html: `${repository.htmlUrl}/tree/${branch}` },
        protected: false,
        protection: { enabled: false },
        protection_url: `${self}/protection`,
      });
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    access: { as: "installation", permission: ["pull_requests", "read"] },
    answer: async (exchange) => {
      const { repository } = exchange;
      const commit = await commitAt(exchange, exchange.path.commit_sha ?? "");
      const holds = await Promise.all(
        repository.pulls.map(async (pull) => {
          const shas = (await repository.git.log(pull.baseSha, pull.headSha)).map(({ sha }) => sha);
          return shas.includes(commit.sha) || pull.mergeCommitSha === commit.sha;
        }),
      );
      const { items, headers } = pageOf(
        exchange,
        repository.pulls.filter((_, index) => holds[index]),
      );
      return { status: 200, headers, body: items.map(pullRequestSimple) };
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/compare/{basehead}",
    access,
    answer: async (exchange) => {
      const { repository, path } = exchange;
      const { git, apiUrl, htmlUrl } = repository;
      const [baseName = "", headName = ""] = (path.basehead ?? "").split("...");
      const [base, head] = await Promise.all([commitAt(exchange, baseName, 404), commitAt(exchange, headName, 404)]);
      const mergeBaseSha = await git.mergeBase(base.sha, head.sha);
      const mergeBase = mergeBaseSha === undefined ? undefined : await git.commit(mergeBaseSha);
      if (mergeBase === undefined) {
        throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
      }
      const ahead = await git.log(base.sha, head.sha);
      const behind = await git.log(head.sha, base.sha);
      const { items, headers } = pageOfCommits(exchange, ahead);
      const isFirstPage = (exchange.query.get("page") ?? "1") === "1";
      // Three dots: what the head brought since the two parted, not how the two differ.
      const files = isFirstPage ? await git.diff(mergeBase.sha, head.sha) : [];
      const page = `${htmlUrl}/compare/${path.basehead}`;
      const body = {
        url: `${apiUrl}/compare/${path.basehead}`,
        html_url: page,
        permalink_url: page,
        diff_url: `${page}.diff`,
        patch_url: `${page}.patch`,
        base_commit: repositoryCommit(repository, base),
        merge_base_commit: repositoryCommit(repository, mergeBase),
        status: relation(ahead.length, behind.length),
        ahead_by: ahead.length,
        behind_by: behind.length,
        total_commits: ahead.length,
        commits: items.map((commit) => repositoryCommit(repository, commit)),
        files: files.slice(0, filesMax).map((entry) => diffEntry(repository, head.sha, entry)),
      };
      return { status: 200, headers, body };
    },
  },
];

/** What git calls the tree without entries, which it knows without storing it. */
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

async function commitAt({ repository }: Exchange, name: string, missingStatus = 422): Promise<GitCommit> {
  refuseEmpty(repository);
  const commit = await repository.git.commit(name);
  if (commit !== undefined) return commit;
  if (missingStatus === 404) throw notFound();
  throw new Refusal(missingStatus, `No commit found for SHA: ${name}`);
}

function relation(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}

function pageOfCommits(exchange: Exchange, commits: readonly GitCommit[]) {
  const isPaged = exchange.query.has("page") || exchange.query.has("per_page");
  return isPaged ? pageOf(exchange, commits) : { items: commits.slice(-commitsMax), headers: {} };
}
