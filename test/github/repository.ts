// A repository: a bare git repository with an owner, a name, pull requests and checks. Pushing is push.ts's business.
import { join } from "node:path";
import type { Account } from "./account.ts";
import { announceFromRepository } from "./announce.ts";
import { organizationSimple, simpleUser } from "./answers/account.ts";
import type { CheckRun } from "./check-run.ts";
import type { CheckSuite } from "./check-suite.ts";
import type { GitHubEmulator } from "./emulator.ts";
import { readFolder } from "./folder.ts";
import { GitRepository } from "./git-repository.ts";
import { openPullRequest, type PullRequest, type PullRequestOptions } from "./pull-request.ts";
import { deleteRef, type PushOptions, type PushResult, pushCommit, pushRef } from "./push.ts";
import type { JsonObject } from "./schema.ts";
import type { TreeChanges } from "./tree-entry.ts";

export interface RepositoryOptions {
  readonly private?: boolean;
  readonly defaultBranch?: string;
  /** The files of the first commit. */
  readonly files?: TreeChanges;
  /** A folder whose files make the first commit, below those of `files`. */
  readonly fromFolder?: string;
}

const roleOrder: readonly Role[] = ["none", "read", "triage", "write", "maintain", "admin"];

export type Role = "admin" | "maintain" | "write" | "triage" | "read" | "none";

export class Repository {
  readonly github: GitHubEmulator;
  readonly id: number;
  readonly git: GitRepository;
  readonly parent: Repository | undefined;
  readonly createdAt = new Date();
  readonly pulls: PullRequest[] = [];
  readonly checkSuites: CheckSuite[] = [];
  readonly #roles = new Map<Account, Role>();
  updatedAt = this.createdAt;
  pushedAt: Date | null = null;
  owner: Account;
  name: string;
  defaultBranch: string;
  private: boolean;
  archived = false;
  isDeleted = false;

  private constructor(owner: Account, name: string, id: number, git: GitRepository, parent?: Repository) {
    this.github = owner.github;
    this.id = id;
    this.owner = owner;
    this.name = name;
    this.git = git;
    this.parent = parent;
    this.defaultBranch = parent?.defaultBranch ?? "main";
    this.private = parent?.private ?? true;
  }

  static async create(owner: Account, name: string, options: RepositoryOptions): Promise<Repository> {
    const { github } = owner;
    const id = github.nextId();
    const git = await GitRepository.create(join(github.directory, `${id}.git`));
    const repository = new Repository(owner, name, id, git);
    repository.private = options.private ?? true;
    repository.defaultBranch = options.defaultBranch ?? "main";
    await repository.#settle();
    const files = { ...(options.fromFolder ? await readFolder(options.fromFolder) : {}), ...options.files };
    if (Object.keys(files).length > 0) await repository.push({ message: "First commit", files });
    return repository;
  }

  /** Makes a fork of this repository in another account. */
  async fork(owner: Account, name = this.name): Promise<Repository> {
    const id = this.github.nextId();
    const git = await this.git.clone(join(this.github.directory, `${id}.git`));
    const repository = new Repository(owner, name, id, git, this);
    repository.pushedAt = this.pushedAt;
    await repository.#settle();
    return repository;
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  get apiUrl(): string {
    return `${this.github.apiUrl}/repos/${this.fullName}`;
  }

  get htmlUrl(): string {
    return `${this.github.serverUrl}/${this.fullName}`;
  }

  /** Commits changes to a branch and pushes it; resolves once the apps have answered. */
  push(options: PushOptions): Promise<PushResult> {
    return pushCommit(this, options);
  }

  /** Makes a branch at a commit, or at the head of the default branch. */
  async createBranch(name: string, sha?: string): Promise<PushResult> {
    return pushRef(this, `refs/heads/${name}`, sha ?? (await this.head()));
  }

  deleteBranch(name: string): Promise<PushResult> {
    return deleteRef(this, `refs/heads/${name}`);
  }

  /** Puts a tag on a commit, or on the head of the default branch. */
  async tag(name: string, sha?: string): Promise<PushResult> {
    return pushRef(this, `refs/tags/${name}`, sha ?? (await this.head()));
  }

  /** The commit at the head of a branch, by default of the default branch. */
  async head(branch = this.defaultBranch): Promise<string> {
    const sha = await this.git.ref(`refs/heads/${branch}`);
    if (sha === undefined) throw new Error(`Cannot find the head as ${this.fullName} has no branch ${branch}`);
    return sha;
  }

  /** The text of a file at a commit or branch, or undefined where there is none. */
  async read(path: string, ref = this.defaultBranch): Promise<string | undefined> {
    return (await this.git.object(`${ref}:${path}`))?.content.toString();
  }

  openPullRequest(options: PullRequestOptions): Promise<PullRequest> {
    return openPullRequest(this, options);
  }

  /** The check runs on a commit, oldest first. */
  checkRuns(sha: string): CheckRun[] {
    return this.checkSuites.filter(({ headSha }) => headSha === sha).flatMap(({ runs }) => runs);
  }

  setRole(user: Account, role: Role): void {
    this.#roles.set(user, role);
  }

  roleOf(user: Account): Role {
    const byDefault = user === this.owner ? "admin" : user === this.github.developer ? "write" : "none";
    return this.#roles.get(user) ?? (byDefault === "none" && !this.private ? "read" : byDefault);
  }

  /** Whether a user was let in, and does not merely read what everybody reads. */
  isSharedWith(user: Account): boolean {
    return this.#roles.has(user) ? this.roleOf(user) !== "none" : [this.owner, this.github.developer].includes(user);
  }

  /** What a user may do, as the API spells it. */
  permissionsOf(user: Account) {
    const role = this.roleOf(user);
    const may = (least: Role) => roleOrder.indexOf(role) >= roleOrder.indexOf(least);
    return {
      admin: may("admin"),
      maintain: may("maintain"),
      push: may("write"),
      triage: may("triage"),
      pull: may("read"),
    };
  }

  /** Gives the repository another name; the old one leads here until it is taken again. */
  async rename(name: string): Promise<void> {
    const from = this.name;
    this.github.redirects.set(this.fullName.toLowerCase(), this);
    this.name = name;
    await this.#tell("renamed", { changes: { repository: { name: { from } } } });
  }

  /** Gives the repository to another account. Only apps that are installed there are told. */
  async transfer(owner: Account): Promise<void> {
    const from = this.owner;
    this.github.redirects.set(this.fullName.toLowerCase(), this);
    this.owner = owner;
    const previous =
      from.type === "Organization" ? { organization: organizationSimple(from) } : { user: simpleUser(from) };
    await this.#tell("transferred", { changes: { owner: { from: previous } } });
  }

  async archive(): Promise<void> {
    this.archived = true;
    await this.#tell("archived");
  }

  async unarchive(): Promise<void> {
    this.archived = false;
    await this.#tell("unarchived");
  }

  async makePrivate(): Promise<void> {
    this.private = true;
    await this.#tell("privatized");
  }

  async makePublic(): Promise<void> {
    this.private = false;
    await this.#tell("publicized");
  }

  async setDefaultBranch(branch: string): Promise<void> {
    const from = this.defaultBranch;
    this.defaultBranch = branch;
    await this.#tell("edited", { changes: { default_branch: { from } } });
  }

  async delete(): Promise<void> {
    this.isDeleted = true;
    await this.#tell("deleted");
  }

  async #settle(): Promise<void> {
    if (this.github.repositoryNamed(this.owner.login, this.name) !== undefined) {
      throw new Error(`Cannot create ${this.fullName} as it exists already`);
    }
    this.github.addRepository(this);
    for (const installation of this.github.installations) {
      if (installation.selection !== "all" || !installation.reaches(this)) continue;
      await installation.announceAdded([this]);
    }
    await this.#tell("created");
  }

  async #tell(action: string, more: JsonObject = {}): Promise<void> {
    this.updatedAt = new Date();
    const sender = this.github.developer;
    await announceFromRepository(this, { event: "repository", payload: { action, ...more }, sender });
  }
}
