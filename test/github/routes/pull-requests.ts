// Pull requests: lists, one by itself, and the files it changes.
import { diffEntry, repositoryCommit } from "../answers/commit.ts";
import { pullRequestAnswer, pullRequestSimple } from "../answers/pull-request.ts";
import { type Exchange, json, pageOf, type Route } from "../exchange.ts";
import type { PullRequest } from "../pull-request.ts";
import { notFound } from "../refusal.ts";

const access = { as: "installation", permission: ["pull_requests", "read"] } as const;
const filesMax = 3000;

export const pullRequestRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls",
    access,
    answer: (exchange) => {
      const { repository, query } = exchange;
      const state = query.get("state") ?? "open";
      const head = query.get("head");
      const base = query.get("base");
      const matching = repository.pulls
        .filter((pull) => state === "all" || pull.state === state)
        .filter((pull) => head === null || head === `${pull.headRepository.owner.login}:${pull.headBranch}`)
        .filter((pull) => base === null || base === pull.baseBranch);
      // Newest first unless the other way is asked for.
      const ordered = query.get("direction") === "asc" ? matching : matching.toReversed();
      const { items, headers } = pageOf(exchange, ordered);
      return { status: 200, headers, body: items.map(pullRequestSimple) };
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}",
    access,
    answer: async (exchange) => {
      const pull = named(exchange);
      const answer = await pullRequestAnswer(pull);
      if (pull.state === "closed" || pull.isMergePending) return json(answer);
      const merge = await pull.testMerge();
      const mergeable = merge !== undefined;
      const state = mergeable ? "clean" : "dirty";
      const known = { mergeable, rebaseable: mergeable, mergeable_state: state, merge_commit_sha: merge ?? null };
      return json({ ...answer, ...known });
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/files",
    access,
    answer: async (exchange) => {
      const { git, ...pull } = ends(exchange);
      const base = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
      const entries = (await git.diff(base, pull.headSha)).slice(0, filesMax);
      const { items, headers } = pageOf(exchange, entries);
      const body = items.map((entry) => diffEntry(exchange.repository, pull.headSha, entry));
      return { status: 200, headers, body };
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
    access,
    answer: async (exchange) => {
      const { git, baseSha, headSha } = ends(exchange);
      const { items, headers } = pageOf(exchange, await git.log(baseSha, headSha));
      return { status: 200, headers, body: items.map((commit) => repositoryCommit(exchange.repository, commit)) };
    },
  },
];

function named({ repository, path }: Exchange): PullRequest {
  const pull = repository.pulls.find(({ number }) => number === Number(path.pull_number));
  if (pull === undefined) throw notFound();
  return pull;
}

function ends(exchange: Exchange) {
  const { baseSha, headSha } = named(exchange);
  return { git: exchange.repository.git, baseSha, headSha };
}
