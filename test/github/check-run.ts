// A check run as an app wrote it, and the buttons that people press on it.
import type { Account } from "./account.ts";
import { announceFromRepository } from "./announce.ts";
import { webhookCheckRun } from "./answers/check.ts";
import type { CheckSuite } from "./check-suite.ts";
import type { Delivery } from "./deliveries.ts";

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: string;
  readonly title: string | null;
  readonly message: string;
  readonly raw_details: string | null;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

/** What an app says about a check run; what it leaves out stays as it is. Annotations are added to those there are. */
export interface CheckRunChange {
  readonly name?: string;
  readonly external_id?: string;
  readonly details_url?: string;
  readonly status?: "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";
  readonly conclusion?: string;
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly output?: {
    readonly title?: string;
    readonly summary?: string;
    readonly text?: string;
    readonly annotations?: readonly (Partial<CheckAnnotation> & {
      path: string;
      start_line: number;
      end_line: number;
    })[];
  };
  readonly actions?: readonly CheckAction[];
}

export class CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly annotations: CheckAnnotation[] = [];
  name: string;
  externalId = "";
  detailsUrl: string;
  status: string = "queued";
  conclusion: string | null = null;
  startedAt: Date = new Date();
  completedAt: Date | null = null;
  title: string | null = null;
  summary: string | null = null;
  text: string | null = null;
  actions: readonly CheckAction[] = [];
  /** How often the app wrote to it, its creation included. */
  writes = 0;

  constructor(suite: CheckSuite, name: string) {
    this.id = suite.repository.github.nextId();
    this.suite = suite;
    this.name = name;
    this.detailsUrl = `${suite.app.github.serverUrl}/apps/${suite.app.slug}`;
    suite.runs.push(this);
  }

  get headSha(): string {
    return this.suite.headSha;
  }

  /** Takes over what the app says. */
  apply(change: CheckRunChange): void {
    this.writes++;
    this.suite.isReset = false;
    this.suite.updatedAt = new Date();
    this.name = change.name ?? this.name;
    this.externalId = change.external_id ?? this.externalId;
    this.detailsUrl = change.details_url ?? this.detailsUrl;
    if (change.started_at !== undefined) this.startedAt = new Date(change.started_at);
    this.#applyStatus(change);
    const { output, actions } = change;
    if (output !== undefined) {
      this.title = output.title ?? this.title;
      this.summary = output.summary ?? this.summary;
      this.text = output.text ?? this.text;
      for (const annotation of output.annotations ?? []) this.annotations.push({ ...emptyAnnotation, ...annotation });
    }
    if (actions !== undefined) this.actions = actions;
  }

  /** Somebody presses "Re-run". The suite waits again; the run itself stays as it is until the app writes. */
  async rerequest(sender?: Account): Promise<Delivery[]> {
    this.suite.isReset = true;
    return this.tell("rerequested", sender);
  }

  /** Somebody presses one of the buttons that the app put on the run. */
  async requestAction(identifier: string, sender?: Account): Promise<Delivery[]> {
    if (!this.actions.some((action) => action.identifier === identifier)) {
      throw new Error(`Cannot press "${identifier}" as the check run ${this.name} has no such action`);
    }
    return this.tell("requested_action", sender, { requested_action: { identifier } });
  }

  /** Tells the app that owns the run, and nobody else. */
  async tell(action: string, sender = this.suite.repository.github.developer, more = {}): Promise<Delivery[]> {
    const payload = { action, check_run: webhookCheckRun(this), ...more };
    const { repository, app } = this.suite;
    return announceFromRepository(repository, { event: "check_run", payload, sender, only: app });
  }

  #applyStatus(change: CheckRunChange): void {
    if (change.conclusion !== undefined || change.completed_at !== undefined || change.status === "completed") {
      this.status = "completed";
      this.conclusion = change.conclusion ?? this.conclusion;
      this.completedAt = change.completed_at === undefined ? new Date() : new Date(change.completed_at);
    } else if (change.status !== undefined) {
      this.status = change.status;
      this.conclusion = null;
      this.completedAt = null;
    }
  }
}

const emptyAnnotation = {
  start_column: null,
  end_column: null,
  annotation_level: "notice",
  title: null,
  message: "",
  raw_details: null,
};
