// Check suites: what GitHub opens for an app on every pushed commit, and where the app's check runs are gathered.
import type { Account } from "./account.ts";
import { announceFromRepository } from "./announce.ts";
import { webhookCheckSuite } from "./answers/check.ts";
import type { CheckRun } from "./check-run.ts";
import type { Delivery } from "./deliveries.ts";
import { allows } from "./permissions.ts";
import type { PullRequest } from "./pull-request.ts";
import type { RegisteredApp } from "./registered-app.ts";
import type { Repository } from "./repository.ts";

export interface CheckSuiteOrigin {
  readonly headSha: string;
  /** Null where no branch of the repository has the commit, as with forks. */
  readonly headBranch: string | null;
  readonly before: string | null;
}

export class CheckSuite {
  readonly id: number;
  readonly repository: Repository;
  readonly app: RegisteredApp;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly before: string | null;
  readonly createdAt = new Date();
  readonly runs: CheckRun[] = [];
  updatedAt = this.createdAt;
  /** Set by a re-run: the suite waits again, though its runs stand as they are. */
  isReset = false;

  constructor(repository: Repository, app: RegisteredApp, origin: CheckSuiteOrigin) {
    this.id = repository.github.nextId();
    this.repository = repository;
    this.app = app;
    this.headSha = origin.headSha;
    this.headBranch = origin.headBranch;
    this.before = origin.before;
  }

  get status(): "queued" | "in_progress" | "completed" {
    if (this.isReset || this.runs.length === 0) return "queued";
    return this.runs.every(({ status }) => status === "completed") ? "completed" : "in_progress";
  }

  get conclusion(): string | null {
    if (this.status !== "completed") return null;
    const conclusions = this.runs.map(({ conclusion }) => conclusion);
    const worst = ["failure", "timed_out", "cancelled", "action_required", "success", "neutral", "skipped"];
    return worst.find((conclusion) => conclusions.includes(conclusion)) ?? null;
  }

  /** The open pull requests from this repository whose head this is; never those from forks. */
  get pulls(): PullRequest[] {
    return this.repository.pulls.filter(
      (pull) => pull.state === "open" && !pull.isFromFork && pull.headSha === this.headSha,
    );
  }

  /** Somebody presses "Re-run all checks". */
  async rerequest(sender: Account = this.repository.github.developer): Promise<Delivery[]> {
    this.isReset = true;
    return this.tell("rerequested", sender);
  }

  async tell(action: string, sender: Account): Promise<Delivery[]> {
    const payload = { action, check_suite: await webhookCheckSuite(this) };
    return announceFromRepository(this.repository, { event: "check_suite", payload, sender, only: this.app });
  }
}

/** The suite of an app on a commit, made where there is none yet. */
export function suiteOf(repository: Repository, app: RegisteredApp, origin: CheckSuiteOrigin): CheckSuite {
  const known = repository.checkSuites.find((suite) => suite.app === app && suite.headSha === origin.headSha);
  if (known !== undefined) return known;
  const suite = new CheckSuite(repository, app, origin);
  repository.checkSuites.push(suite);
  return suite;
}

/** Opens a suite on a pushed commit for every app that may write checks, and tells it. */
export async function requestCheckSuites(
  repository: Repository,
  push: { branch: string; before: string; after: string; sender: Account },
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for (const installation of repository.github.installationsOn(repository)) {
    if (installation.isSuspended || !allows(installation.permissions, "checks", "write")) continue;
    const origin = { headSha: push.after, headBranch: push.branch, before: push.before };
    const count = repository.checkSuites.length;
    const suite = suiteOf(repository, installation.app, origin);
    // A commit that is pushed to a second branch keeps its suite.
    if (repository.checkSuites.length > count) deliveries.push(...(await suite.tell("requested", push.sender)));
  }
  return deliveries;
}
