// Moves refs, and tells everyone what follows from it: the push itself, the pull requests that grew, the check suites
// that GitHub opens.
import type { Account } from "./account.ts";
import { announceFromRepository } from "./announce.ts";
import { requestCheckSuites } from "./check-suite.ts";
import type { Delivery } from "./deliveries.ts";
import type { Signature } from "./fast-import.ts";
import { zeroSha } from "./git-repository.ts";
import { pushPayload } from "./payloads/push.ts";
import type { Repository } from "./repository.ts";
import type { TreeChanges } from "./tree-entry.ts";

export interface PushOptions {
  /** Default: the default branch. A branch that does not exist starts at the head of the default branch. */
  readonly branch?: string;
  readonly message?: string;
  readonly author?: { readonly name: string; readonly email: string };
  readonly files?: TreeChanges;
  /** Allows commits to be lost. Without a parent, the last commit is replaced. */
  readonly force?: boolean;
  /** The commit to build on, where it is not the branch's head; null for a history of its own. */
  readonly parent?: string | null;
  readonly sender?: Account;
}

export interface PushResult {
  /** The commit that the ref stands at, or 40 zeros where it was deleted. */
  readonly sha: string;
  /** The deliveries that the push caused, in order. */
  readonly deliveries: readonly Delivery[];
}

/** A ref that moved. */
export interface RefChange {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly forced: boolean;
  readonly sender: Account;
}

/** Commits changes to a branch and announces the push. */
export async function pushCommit(repository: Repository, options: PushOptions): Promise<PushResult> {
  const { git, github } = repository;
  const branch = options.branch ?? repository.defaultBranch;
  if (repository.archived) throw new Error(`Cannot push to ${repository.fullName} as it is archived`);
  const ref = `refs/heads/${branch}`;
  const before = await git.ref(ref);
  const start = before ?? (await git.ref(`refs/heads/${repository.defaultBranch}`));
  const replaced = options.force === true && options.parent === undefined && start !== undefined;
  const parent = replaced ? ((await git.commit(start))?.parents[0] ?? null) : options.parent;
  const base = parent === undefined ? start : (parent ?? undefined);
  const isForced =
    before !== undefined && base !== before && (base === undefined || (await git.mergeBase(before, base)) !== before);
  if (isForced && options.force !== true) {
    throw new Error(`Cannot push to ${branch} as it would lose commits: push with force`);
  }
  const sender = options.sender ?? github.developer;
  const author: Signature = { name: sender.login, email: sender.email, ...options.author, date: new Date() };
  const sha = await git.write({
    ref,
    parents: base === undefined ? [] : [base],
    message: options.message ?? "Update files",
    author,
    committer: author,
    changes: options.files ?? {},
  });
  const change = { ref, before: before ?? zeroSha, after: sha, forced: isForced, sender };
  return { sha, deliveries: await announceRefChange(repository, change) };
}

/** Moves or makes a ref at a commit that exists, and announces the push. */
export async function pushRef(repository: Repository, ref: string, sha: string): Promise<PushResult> {
  const { git, github } = repository;
  const before = await git.ref(ref);
  const forced = before !== undefined && (await git.mergeBase(before, sha)) !== before;
  await git.updateRef(ref, sha);
  const change = { ref, before: before ?? zeroSha, after: sha, forced, sender: github.developer };
  return { sha, deliveries: await announceRefChange(repository, change) };
}

/** Deletes a ref and announces the push. */
export async function deleteRef(repository: Repository, ref: string): Promise<PushResult> {
  const before = await repository.git.ref(ref);
  if (before === undefined) throw new Error(`Cannot delete ${ref} as ${repository.fullName} has none`);
  await repository.git.updateRef(ref, zeroSha);
  const change = { ref, before, after: zeroSha, forced: false, sender: repository.github.developer };
  return { sha: zeroSha, deliveries: await announceRefChange(repository, change) };
}

/** Tells the apps of a ref that has moved already. */
export async function announceRefChange(repository: Repository, change: RefChange): Promise<Delivery[]> {
  repository.pushedAt = new Date();
  const { sender, after, before, ref } = change;
  const payload = await pushPayload(repository, change);
  const deliveries = await announceFromRepository(repository, { event: "push", payload, sender });
  if (!ref.startsWith("refs/heads/") || after === zeroSha) return deliveries;
  const branch = ref.slice("refs/heads/".length);
  for (const target of repository.github.repositories) {
    for (const pull of target.pulls) {
      if (pull.state !== "open" || pull.headRepository !== repository || pull.headBranch !== branch) continue;
      deliveries.push(...(await pull.synchronize(after, sender)));
    }
  }
  deliveries.push(...(await requestCheckSuites(repository, { branch, before, after, sender })));
  return deliveries;
}
