// A group in the merge queue: the merge that would land, on a branch of its own, waiting for its checks.
import { announceFromRepository } from "./announce.ts";
import { simpleCommit } from "./answers/commit.ts";
import type { PullRequest } from "./pull-request.ts";
import { deleteRef, pushRef } from "./push.ts";
import type { Repository } from "./repository.ts";

export class MergeGroup {
  readonly repository: Repository;
  readonly pull: PullRequest;
  readonly headRef: string;
  readonly headSha: string;
  readonly baseSha: string;

  private constructor(pull: PullRequest, headSha: string, baseSha: string) {
    this.repository = pull.repository;
    this.pull = pull;
    this.headSha = headSha;
    this.baseSha = baseSha;
    this.headRef = `refs/heads/gh-readonly-queue/${pull.baseBranch}/pr-${pull.number}-${baseSha}`;
  }

  /** Makes the merge, pushes it to the queue's branch and asks for checks. */
  static async create(pull: PullRequest): Promise<MergeGroup> {
    const { repository } = pull;
    const { developer } = repository.github;
    const baseSha = await repository.head(pull.baseBranch);
    const signature = { name: developer.login, email: developer.email, date: new Date() };
    const message = `Merge pull request #${pull.number}`;
    const headSha = await repository.git.merge(baseSha, pull.headSha, message, signature);
    if (headSha === undefined)
      throw new Error(`Cannot queue pull request ${pull.number} as it conflicts with its base`);
    const group = new MergeGroup(pull, headSha, baseSha);
    await pushRef(repository, group.headRef, headSha);
    await group.#tell({ action: "checks_requested" });
    return group;
  }

  /** Ends the group. Where it merged, the base branch moves to it and the pull request closes. */
  async destroy(reason: "merged" | "invalidated" | "dequeued"): Promise<void> {
    if (reason === "merged") await this.pull.land(this.baseSha, this.headSha, this.repository.github.developer);
    await this.#tell({ action: "destroyed", reason });
    await deleteRef(this.repository, this.headRef);
  }

  async #tell(what: { action: string; reason?: string }): Promise<void> {
    const commit = await this.repository.git.commit(this.headSha);
    if (commit === undefined) throw new Error(`Cannot announce a merge group as its commit ${this.headSha} is gone`);
    const mergeGroup = {
      head_sha: this.headSha,
      head_ref: this.headRef,
      base_sha: this.baseSha,
      base_ref: `refs/heads/${this.pull.baseBranch}`,
      head_commit: simpleCommit(commit),
    };
    const sender = this.repository.github.developer;
    await announceFromRepository(this.repository, {
      event: "merge_group",
      payload: { ...what, merge_group: mergeGroup },
      sender,
    });
  }
}
