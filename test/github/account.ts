// An account: an organisation or a user, with the repositories it owns.
import { announceInstallationTarget } from "./announce.ts";
import type { GitHubEmulator } from "./emulator.ts";
import { Repository, type RepositoryOptions } from "./repository.ts";

export type AccountType = "Organization" | "User";

export class Account {
  readonly github: GitHubEmulator;
  readonly id: number;
  readonly type: AccountType;
  readonly createdAt = new Date();
  login: string;

  constructor(github: GitHubEmulator, id: number, login: string, type: AccountType) {
    this.github = github;
    this.id = id;
    this.login = login;
    this.type = type;
  }

  /** The address that commits of this account carry. */
  get email(): string {
    return `${this.id}+${this.login}@users.noreply.github.com`;
  }

  get repositories(): Repository[] {
    return this.github.repositories.filter((repository) => repository.owner === this);
  }

  /**
   * Makes a repository. With files it starts with one commit of them, without it is empty. Where the app is installed
   * on all repositories of the account, it learns of it.
   */
  createRepository(name: string, options: RepositoryOptions = {}): Promise<Repository> {
    return Repository.create(this, name, options);
  }

  /** Gives the account another login; every app installed on it is told. */
  async rename(login: string): Promise<void> {
    const from = this.login;
    this.login = login;
    await announceInstallationTarget(this, from);
  }
}
