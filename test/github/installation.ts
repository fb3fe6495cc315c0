// An app installed on an account: what it reaches, and the events of its life.
import type { Account } from "./account.ts";
import { announceInstallation } from "./announce.ts";
import { installationAnswer } from "./answers/app.ts";
import { repositoryReference } from "./answers/repository.ts";
import type { GitHubEmulator } from "./emulator.ts";
import type { Permissions } from "./permissions.ts";
import type { RegisteredApp } from "./registered-app.ts";
import type { Repository } from "./repository.ts";

export interface InstallOptions {
  /** Default: all, also those made later. */
  readonly repositories?: "all" | readonly Repository[];
  readonly sender?: Account;
}

export class Installation {
  readonly github: GitHubEmulator;
  readonly id: number;
  readonly app: RegisteredApp;
  readonly account: Account;
  readonly createdAt = new Date();
  readonly #chosen = new Set<Repository>();
  updatedAt = this.createdAt;
  /** What the account has agreed to; an app that asks for more waits for `acceptPermissions`. */
  permissions: Permissions;
  selection: "all" | "selected";
  suspendedAt: Date | null = null;
  suspendedBy: Account | undefined;
  isDeleted = false;

  private constructor(app: RegisteredApp, account: Account, selection: "all" | "selected") {
    this.github = app.github;
    this.id = app.github.nextId();
    this.app = app;
    this.account = account;
    this.permissions = app.permissions;
    this.selection = selection;
  }

  static async create(app: RegisteredApp, account: Account, options: InstallOptions): Promise<Installation> {
    if (app.installations.some((installation) => installation.account === account)) {
      throw new Error(`Cannot install ${app.name} on ${account.login} as it is installed there already`);
    }
    const chosen = options.repositories ?? "all";
    const installation = new Installation(app, account, chosen === "all" ? "all" : "selected");
    if (chosen !== "all") for (const repository of chosen) installation.#chosen.add(repository);
    app.installations.push(installation);
    await installation.#tell("created", options.sender);
    return installation;
  }

  get isSuspended(): boolean {
    return this.suspendedAt !== null;
  }

  get repositories(): Repository[] {
    return this.account.repositories.filter((repository) => this.reaches(repository));
  }

  /** Whether the app may see a repository by this installation. */
  reaches(repository: Repository): boolean {
    if (this.isDeleted || repository.owner !== this.account) return false;
    return this.selection === "all" || this.#chosen.has(repository);
  }

  async addRepositories(repositories: readonly Repository[], sender?: Account): Promise<void> {
    for (const repository of repositories) this.#chosen.add(repository);
    await this.announceAdded(repositories, sender);
  }

  /** Tells the app of repositories that it reaches from now on. */
  async announceAdded(repositories: readonly Repository[], sender = this.github.developer): Promise<void> {
    await this.#tellOfRepositories("added", repositories, sender);
  }

  /** Takes repositories away; an installation on all repositories becomes one on the others. */
  async removeRepositories(repositories: readonly Repository[], sender = this.github.developer): Promise<void> {
    if (this.selection === "all") {
      for (const repository of this.repositories) this.#chosen.add(repository);
      this.selection = "selected";
    }
    for (const repository of repositories) this.#chosen.delete(repository);
    await this.#tellOfRepositories("removed", repositories, sender);
  }

  /** Stops the app: its API calls are refused and its webhooks stay away until `unsuspend`. */
  async suspend(sender = this.github.developer): Promise<void> {
    this.suspendedAt = new Date();
    this.suspendedBy = sender;
    await this.#tell("suspend", sender);
  }

  async unsuspend(sender = this.github.developer): Promise<void> {
    this.suspendedAt = null;
    this.suspendedBy = undefined;
    await this.#tell("unsuspend", sender);
  }

  /** Agrees to the permissions that the app asks for now. */
  async acceptPermissions(sender = this.github.developer): Promise<void> {
    this.permissions = this.app.permissions;
    await this.#tell("new_permissions_accepted", sender);
  }

  /** Takes the app off the account: its tokens are void and it is told once more. */
  async uninstall(sender = this.github.developer): Promise<void> {
    const { repositories } = this;
    this.isDeleted = true;
    this.app.installations.splice(this.app.installations.indexOf(this), 1);
    await this.#tell("deleted", sender, repositories);
  }

  async #tell(action: string, sender = this.github.developer, repositories = this.repositories): Promise<void> {
    this.updatedAt = new Date();
    const lists = action === "created" || action === "deleted" || action === "new_permissions_accepted";
    const payload = {
      action,
      installation: installationAnswer(this),
      ...(lists ? { repositories: repositories.map(repositoryReference) } : {}),
      ...(action === "created" ? { requester: null } : {}),
    };
    await announceInstallation(this, "installation", payload, sender);
  }

  async #tellOfRepositories(action: "added" | "removed", repositories: readonly Repository[], sender: Account) {
    this.updatedAt = new Date();
    // GitHub calls off the hook of a suspended installation; what happens meanwhile is never told.
    if (this.isSuspended) return;
    const references = repositories.map(repositoryReference);
    const payload = {
      action,
      installation: installationAnswer(this),
      repository_selection: this.selection,
      repositories_added: action === "added" ? references : [],
      repositories_removed: action === "removed" ? references : [],
      requester: null,
    };
    await announceInstallation(this, "installation_repositories", payload, sender);
  }
}
