// A pull request and the events of its life. Its commits live in the head repository, and under refs/pull/N/head in
// the base repository too, where apps read them even when the head is a fork they cannot see.
import type { Account } from "./account.ts";
import { announceFromRepository } from "./announce.ts";
import { pullRequestAnswer } from "./answers/pull-request.ts";
import type { Delivery } from "./deliveries.ts";
import { MergeGroup } from "./merge-group.ts";
import { announceRefChange, type PushOptions, type PushResult, pushCommit } from "./push.ts";
import type { Repository } from "./repository.ts";
import type { JsonObject } from "./schema.ts";
import type { TreeChanges } from "./tree-entry.ts";

export interface PullRequestOptions {
  readonly title?: string;
  readonly body?: string;
  /** The head branch. With `files` they are pushed to it first. */
  readonly branch: string;
  readonly files?: TreeChanges;
  /** The fork that the head lies in; the base repository itself by default. */
  readonly from?: Repository;
  /** The branch to merge into. Default: the default branch. */
  readonly base?: string;
  readonly draft?: boolean;
  readonly sender?: Account;
}

/** Opens a pull request and tells the apps. */
export async function openPullRequest(base: Repository, options: PullRequestOptions): Promise<PullRequest> {
  const head = options.from ?? base;
  const sender = options.sender ?? base.github.developer;
  if (options.files !== undefined) {
    await pushCommit(head, {
      branch: options.branch,
      files: options.files,
      message: options.title ?? "Change",
      sender,
    });
  }
  const pull = new PullRequest(base, head, sender, options);
  base.pulls.push(pull);
  await pull.follow(await head.head(options.branch));
  await pull.tell("opened", sender);
  return pull;
}

export class PullRequest {
  readonly repository: Repository;
  readonly headRepository: Repository;
  readonly headBranch: string;
  readonly id: number;
  readonly number: number;
  readonly user: Account;
  readonly body: string | null;
  readonly createdAt = new Date();
  updatedAt = this.createdAt;
  title: string;
  baseBranch: string;
  draft: boolean;
  state: "open" | "closed" = "open";
  headSha = "";
  baseSha = "";
  closedAt: Date | null = null;
  mergedAt: Date | null = null;
  mergedBy: Account | undefined;
  mergeCommitSha: string | null = null;
  /** GitHub has not come to try the merge yet, and says so to whoever asks. */
  isMergePending = false;
  #tested: { base: string; head: string; merge: string | undefined } | undefined;

  constructor(repository: Repository, headRepository: Repository, user: Account, options: PullRequestOptions) {
    this.repository = repository;
    this.headRepository = headRepository;
    this.headBranch = options.branch;
    this.id = repository.github.nextId();
    this.number = repository.pulls.length + 1;
    this.user = user;
    this.title = options.title ?? "Change";
    this.body = options.body ?? null;
    this.baseBranch = options.base ?? repository.defaultBranch;
    this.draft = options.draft ?? false;
  }

  get isFromFork(): boolean {
    return this.headRepository !== this.repository;
  }

  /** Pushes another commit to the head branch. */
  push(options: Omit<PushOptions, "branch">): Promise<PushResult> {
    return pushCommit(this.headRepository, { ...options, branch: this.headBranch });
  }

  /** Takes over a new head after a push and tells the apps. */
  async synchronize(sha: string, sender: Account): Promise<Delivery[]> {
    const before = this.headSha;
    await this.follow(sha);
    return this.tell("synchronize", sender, { before, after: sha });
  }

  async close(sender = this.repository.github.developer): Promise<void> {
    this.#end();
    await this.tell("closed", sender);
  }

  async reopen(sender = this.repository.github.developer): Promise<void> {
    this.state = "open";
    this.closedAt = null;
    await this.tell("reopened", sender);
  }

  async readyForReview(sender = this.repository.github.developer): Promise<void> {
    this.draft = false;
    await this.tell("ready_for_review", sender);
  }

  /** Changes the title or the branch to merge into. */
  async edit(change: { title?: string; base?: string }, sender = this.repository.github.developer): Promise<void> {
    const changes: Record<string, unknown> = {};
    if (change.title !== undefined) {
      changes.title = { from: this.title };
      this.title = change.title;
    }
    if (change.base !== undefined) {
      changes.base = { ref: { from: this.baseBranch }, sha: { from: this.baseSha } };
      this.baseBranch = change.base;
      this.baseSha = await this.repository.head(change.base);
    }
    await this.tell("edited", sender, { changes });
  }

  /** Merges with a merge commit, which is pushed to the base branch. */
  async merge(sender = this.repository.github.developer): Promise<PushResult> {
    const { git } = this.repository;
    const before = await this.repository.head(this.baseBranch);
    const message = `Merge pull request #${this.number} from ${this.headRepository.owner.login}/${this.headBranch}`;
    const signature = { name: sender.login, email: sender.email, date: new Date() };
    const after = await git.merge(before, this.headSha, message, signature);
    if (after === undefined) throw new Error(`Cannot merge pull request ${this.number} as it conflicts with its base`);
    return this.land(before, after, sender);
  }

  /** Moves the base branch to a merge of this pull request and closes it. */
  async land(before: string, after: string, sender: Account): Promise<PushResult> {
    const ref = `refs/heads/${this.baseBranch}`;
    await this.repository.git.updateRef(ref, after);
    this.#end();
    this.mergedAt = this.closedAt;
    this.mergedBy = sender;
    this.mergeCommitSha = after;
    const pushed = await announceRefChange(this.repository, { ref, before, after, forced: false, sender });
    return { sha: after, deliveries: [...pushed, ...(await this.tell("closed", sender))] };
  }

  /** Puts the pull request into the merge queue, which asks for the checks of the group it makes. */
  enterMergeQueue(): Promise<MergeGroup> {
    return MergeGroup.create(this);
  }

  /**
   * What merging now would give, as refs/pull/N/merge: GitHub makes it in the background, this emulator once it is asked
   * for. Undefined where the two conflict.
   */
  async testMerge(): Promise<string | undefined> {
    const base = await this.repository.head(this.baseBranch);
    if (this.#tested?.base === base && this.#tested.head === this.headSha) return this.#tested.merge;
    const { developer } = this.repository.github;
    const signature = { name: developer.login, email: developer.email, date: this.updatedAt };
    const merge = await this.repository.git.merge(base, this.headSha, `Merge ${this.headSha} into ${base}`, signature);
    if (merge !== undefined) await this.repository.git.updateRef(`refs/pull/${this.number}/merge`, merge);
    this.#tested = { base, head: this.headSha, merge };
    return merge;
  }

  /** Takes over a head without telling anyone. */
  async follow(sha: string): Promise<void> {
    const { git } = this.repository;
    const ref = `refs/pull/${this.number}/head`;
    if (this.isFromFork) await git.fetch(this.headRepository.git, `refs/heads/${this.headBranch}`, ref);
    else await git.updateRef(ref, sha);
    this.headSha = sha;
    this.baseSha = await this.repository.head(this.baseBranch);
    this.updatedAt = new Date();
  }

  /** Tells the apps of the base repository. */
  async tell(action: string, sender: Account, more: JsonObject = {}): Promise<Delivery[]> {
    this.updatedAt = new Date();
    const payload = { action, number: this.number, ...more, pull_request: await pullRequestAnswer(this) };
    return announceFromRepository(this.repository, { event: "pull_request", payload, sender });
  }

  #end(): void {
    this.state = "closed";
    this.closedAt = new Date();
  }
}
