// The emulated GitHub as a whole: its accounts, repositories and apps, and the server that speaks for them. This is
// what tests and the demo start; everything else is reached from here.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, type AccountType } from "./account.ts";
import { Deliveries } from "./deliveries.ts";
import { Downloads } from "./downloads.ts";
import { Faults } from "./faults.ts";
import type { Installation } from "./installation.ts";
import { RateLimits } from "./rate-limits.ts";
import { type AppOptions, RegisteredApp } from "./registered-app.ts";
import type { Repository } from "./repository.ts";
import { type LoggedRequest, startServer } from "./server.ts";
import { Tokens } from "./tokens.ts";
import { UserTokens } from "./user-tokens.ts";

export interface GitHubOptions {
  /** Default: any free port. */
  readonly port?: number;
}

/** Starts GitHub on loopback with nothing in it. */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubEmulator> {
  const github = new GitHubEmulator(await mkdtemp(join(tmpdir(), "github-")));
  await github.listen(options.port ?? 0);
  return github;
}

export class GitHubEmulator {
  /** Where the bare repositories lie; removed on close. */
  readonly directory: string;
  /** What was asked, answered or sent against GitHub's published description. Tests expect it to be empty. */
  readonly violations: string[] = [];
  /** Every API request, oldest first. */
  readonly requests: LoggedRequest[] = [];
  readonly faults = new Faults();
  readonly rateLimits = new RateLimits();
  readonly tokens = new Tokens();
  readonly userTokens = new UserTokens();
  /** Apps that were made from a manifest and not yet collected, by the code for that. */
  readonly manifestCodes = new Map<string, RegisteredApp>();
  readonly deliveries = new Deliveries(this.violations);
  readonly downloads = new Downloads();
  readonly accounts: Account[] = [];
  readonly apps: RegisteredApp[] = [];
  /** Former names of repositories, in lower case, and where they lead. */
  readonly redirects = new Map<string, Repository>();
  /** What one answer of the trees API may hold, as on github.com. Lower it to see truncation. */
  readonly treeLimits = { entriesMax: 100_000, bytesMax: 7 * 1024 * 1024 };
  /** Whoever does what no other sender is named for: a user who may write to every repository. */
  readonly developer: Account;
  readonly #repositories: Repository[] = [];
  #lastId = 1000;
  #url = "";
  #stop: () => Promise<void> = async () => undefined;

  constructor(directory: string) {
    this.directory = directory;
    this.developer = this.createAccount("developer", { type: "User" });
  }

  /** Root of the REST API, without a slash at its end. */
  get apiUrl(): string {
    return this.#url;
  }

  /** Root of the pages, without a slash at its end. */
  get serverUrl(): string {
    return this.#url;
  }

  /** All repositories, oldest first. */
  get repositories(): Repository[] {
    return this.#repositories.filter(({ isDeleted }) => !isDeleted).toSorted((one, other) => one.id - other.id);
  }

  /** The installations of all apps. */
  get installations(): Installation[] {
    return this.apps.flatMap((app) => app.installations);
  }

  createAccount(login: string, options: { type?: AccountType } = {}): Account {
    if (this.accountNamed(login) !== undefined) throw new Error(`Cannot create ${login} as it exists already`);
    const account = new Account(this, this.nextId(), login, options.type ?? "Organization");
    this.accounts.push(account);
    return account;
  }

  registerApp(options: AppOptions = {}): RegisteredApp {
    const app = new RegisteredApp(this, options.owner ?? this.developer, options);
    this.apps.push(app);
    return app;
  }

  /** Installations that reach a repository. */
  installationsOn(repository: Repository): Installation[] {
    return this.installations.filter((installation) => installation.reaches(repository));
  }

  accountNamed(login: string): Account | undefined {
    return this.accounts.find((account) => account.login.toLowerCase() === login.toLowerCase());
  }

  /** The repository that bears a name now, whatever the case of its letters. */
  repositoryNamed(owner: string, name: string): Repository | undefined {
    const fullName = `${owner}/${name}`.toLowerCase();
    return this.repositories.find((repository) => repository.fullName.toLowerCase() === fullName);
  }

  addRepository(repository: Repository): void {
    this.#repositories.push(repository);
    this.redirects.delete(repository.fullName.toLowerCase());
  }

  /** A number that nothing else has. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Starts the server; `startGitHub` does it. */
  async listen(port: number): Promise<void> {
    const { url, stop } = await startServer(this, port);
    this.#url = url;
    this.#stop = stop;
  }

  /** Stops the server and removes everything. */
  async close(): Promise<void> {
    await this.#stop();
    await Promise.all(this.#repositories.map(({ git }) => git.close()));
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
