// What a push payload says.
import { pushRepository } from "../answers/repository.ts";
import { type GitCommit, zeroSha } from "../git-repository.ts";
import { apiTime } from "../identifiers.ts";
import type { RefChange } from "../push.ts";
import type { Repository } from "../repository.ts";
import type { JsonObject } from "../schema.ts";

/** GitHub lists no more commits than this. */
const commitsMax = 2048;

/** The payload of a ref that moved. */
export async function pushPayload(repository: Repository, change: RefChange): Promise<JsonObject> {
  const { ref, before, after, forced, sender } = change;
  const { git } = repository;
  const isBranch = ref.startsWith("refs/heads/");
  const head = after === zeroSha ? undefined : await git.commit(after);
  const isNew = before === zeroSha;
  const defaultHead =
    ref === `refs/heads/${repository.defaultBranch}`
      ? undefined
      : await git.ref(`refs/heads/${repository.defaultBranch}`);
  const commits = isBranch && head !== undefined ? await git.log(isNew ? defaultHead : before, after) : [];
  const listed = await Promise.all(commits.slice(-commitsMax).map((commit) => pushedCommit(repository, commit)));
  const range = isNew ? after.slice(0, 12) : `${before.slice(0, 12)}...${after.slice(0, 12)}`;
  return {
    ref,
    before,
    after,
    repository: pushRepository(repository),
    pusher: { name: sender.login, email: sender.email },
    created: isNew,
    deleted: after === zeroSha,
    forced,
    base_ref: null,
    compare: `${repository.htmlUrl}/compare/${range}`,
    commits: listed,
    head_commit: head === undefined ? null : (listed.at(-1) ?? (await pushedCommit(repository, head))),
  };
}

async function pushedCommit(repository: Repository, commit: GitCommit) {
  const person = ({ name, email }: { name: string; email: string }) => {
    const account = repository.github.accounts.find((candidate) => candidate.email === email);
    return { name, email, ...(account === undefined ? {} : { username: account.login }) };
  };
  const paths = await repository.git.changedPaths(commit.sha);
  const named = (status: string) => paths.filter((entry) => entry.status === status).map(({ path }) => path);
  return {
    id: commit.sha,
    tree_id: commit.treeSha,
    distinct: true,
    message: commit.message,
    timestamp: apiTime(commit.committer.date),
    url: `${repository.htmlUrl}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: named("A"),
    removed: named("D"),
    modified: [...named("M"), ...named("T")],
  };
}
