// Every fault that can stop a request: its code, whose it is, whether trying again helps, and what to do about it. The
// worker, the check run, the pages and the command line all read this table; nobody matches the text of a message.
// A wrong file of a person is not a fault but a diagnostic (workspace/diagnostic.ts).

interface FaultRow {
  /** `user`: whoever asked can mend it. `operator`: whoever runs the deployment can. `us`: a defect or an outage. */
  readonly whose: "user" | "operator" | "us";
  /** `later`: the same work may succeed if it is tried again. */
  readonly retry: "never" | "later";
  /** HTTP status where the fault answers a request. */
  readonly status: number;
  /** What to do, as an imperative sentence. */
  readonly remedy: string;
}

export const faults = {
  "config-invalid": {
    whose: "operator",
    retry: "never",
    status: 500,
    remedy: "Correct the environment variables named above and start again",
  },
  "wrong-use": {
    whose: "user",
    retry: "never",
    status: 400,
    remedy: "Run the command with --help to see how it is used",
  },
  "query-invalid": {
    whose: "user",
    retry: "never",
    status: 400,
    remedy: "Correct the query; /api/v1/openapi.json describes what each address takes",
  },
  "unknown-scope": {
    whose: "user",
    retry: "never",
    status: 404,
    remedy: 'List the organisations with "bifrost org list", or create one with "bifrost org create SLUG"',
  },
  "unknown-revision": {
    whose: "user",
    retry: "never",
    status: 404,
    remedy: 'List the revisions with "bifrost log SCOPE"',
  },
  "unknown-repository": {
    whose: "user",
    retry: "never",
    status: 404,
    remedy: 'Install the GitHub App on the repository first; "bifrost repo list" shows where it is installed',
  },
  "nothing-held": {
    whose: "user",
    retry: "never",
    status: 409,
    remedy: 'See where the repository stands: "bifrost repo show OWNER/REPO"',
  },
  "nothing-requested": {
    whose: "user",
    retry: "never",
    status: 409,
    remedy: 'See where the repository stands: "bifrost repo show OWNER/REPO"',
  },
  "revision-dropped": {
    whose: "user",
    retry: "never",
    status: 410,
    remedy: "Choose a later revision; BIFROST_HISTORY_DAYS says how long revisions are kept",
  },
  "nothing-rolled-back": {
    whose: "user",
    retry: "never",
    status: 409,
    remedy: 'See where the repositories of the scope stand: "bifrost repo list"',
  },
  "organization-exists": {
    whose: "user",
    retry: "never",
    status: 409,
    remedy: "Choose another slug",
  },
  "signature-invalid": {
    whose: "operator",
    retry: "never",
    status: 401,
    remedy: "Set WEBHOOK_SECRET to the secret that the GitHub App's settings hold",
  },
  "not-set-up": {
    whose: "operator",
    retry: "never",
    status: 503,
    remedy: "Open the server's front page: it says what is missing",
  },
  "delivery-invalid": {
    whose: "us",
    retry: "never",
    status: 400,
    remedy: "Send what GitHub sends: a JSON body with the headers X-GitHub-Event and X-GitHub-Delivery",
  },
  "body-too-large": {
    whose: "user",
    retry: "never",
    status: 413,
    remedy: "GitHub sends at most 25 MB; nothing larger is read",
  },
  "media-type-unsupported": {
    whose: "operator",
    retry: "never",
    status: 415,
    remedy: 'Choose the content type "application/json" for the webhook in the GitHub App\'s settings',
  },
  "server-busy": {
    whose: "us",
    retry: "later",
    status: 503,
    remedy: "Send it again in a moment",
  },
  "too-many-requests": {
    whose: "user",
    retry: "later",
    status: 429,
    remedy: "Wait for as many seconds as the header Retry-After names, then ask again",
  },
  "not-found": {
    whose: "user",
    retry: "never",
    status: 404,
    remedy: "Check the address; everything there is to see starts at /",
  },
  "not-signed-in": {
    whose: "user",
    retry: "never",
    status: 401,
    remedy: "Sign in at /login",
  },
  "user-token-refused": {
    whose: "user",
    retry: "never",
    status: 401,
    remedy: "Sign in again",
  },
  "sign-in-refused": {
    whose: "user",
    retry: "never",
    status: 400,
    remedy: "Sign in again",
  },
  "client-refused": {
    whose: "operator",
    retry: "never",
    status: 502,
    remedy:
      "Compare GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET and BIFROST_URL with the GitHub App's settings page; its callback URL is BIFROST_URL followed by /login/callback",
  },
  "form-refused": {
    whose: "user",
    retry: "never",
    status: 403,
    remedy: "Go back, load the page again and send the form from there",
  },
  "method-not-allowed": {
    whose: "user",
    retry: "never",
    status: 405,
    remedy: "Use one of the methods that the header Allow names",
  },
  internal: {
    whose: "us",
    retry: "later",
    status: 500,
    remedy: "Look for the request's id in the server's log",
  },
  "pull-request-too-large": {
    whose: "user",
    retry: "never",
    status: 413,
    remedy: "Split it into smaller pull requests, or leave files out with `ignore` in .github/bifrost.yml",
  },
  "sources-unreadable": {
    whose: "user",
    retry: "never",
    status: 413,
    remedy:
      "Leave out files that are nested or broken beyond measure with `ignore` in .github/bifrost.yml, or change fewer at once",
  },
  "github-rejected": {
    whose: "operator",
    retry: "never",
    status: 502,
    remedy: "Check the app's permissions and that it is still installed on the repository",
  },
  "installation-suspended": {
    whose: "user",
    retry: "never",
    status: 502,
    remedy: "Whoever suspended the installation lifts it in the settings of the account, under GitHub Apps",
  },
  "installation-removed": {
    whose: "user",
    retry: "never",
    status: 502,
    remedy: "Install the GitHub App on the account again",
  },
  "repository-unreachable": {
    whose: "user",
    retry: "never",
    status: 502,
    remedy: "Add the repository to the app's installation",
  },
  "github-unavailable": {
    whose: "us",
    retry: "later",
    status: 503,
    remedy: "Wait: the work is tried again by itself",
  },
  "github-limited": {
    whose: "us",
    retry: "later",
    status: 503,
    remedy: "Wait: GitHub's limit ends by itself at the named time, and the work is tried again then",
  },
  "github-behind": {
    whose: "us",
    retry: "later",
    status: 503,
    remedy:
      "Wait: GitHub has announced a commit that its API does not serve yet, and the work is tried again by itself",
  },
  "merge-pending": {
    whose: "us",
    retry: "later",
    status: 503,
    remedy: "Wait: GitHub merges the two by itself, and the check is tried again then",
  },
  "content-mismatch": {
    whose: "us",
    retry: "later",
    status: 502,
    remedy: "Wait: GitHub answered with other bytes than its tree names, and the work is tried again by itself",
  },
  "store-unavailable": {
    whose: "operator",
    retry: "later",
    status: 503,
    remedy: "Check that Postgres runs and that BIFROST_DATABASE_URL leads to it",
  },
  "store-outdated": {
    whose: "operator",
    retry: "never",
    status: 500,
    remedy: 'Run "bifrost migrate"',
  },
  "cache-unavailable": {
    whose: "operator",
    retry: "later",
    status: 503,
    remedy: "Check that Redis runs and that BIFROST_REDIS_URL leads to it",
  },
  "cache-ahead": {
    whose: "operator",
    retry: "never",
    status: 500,
    remedy: "The database was set back: delete the keys bifrost:* from Redis, and start the app again to fill it anew",
  },
  "sandbox-unavailable": {
    whose: "us",
    retry: "later",
    status: 503,
    remedy: "Wait: the sandbox's processes are started anew by themselves",
  },
  interrupted: {
    whose: "us",
    retry: "later",
    status: 503,
    remedy: "Wait: the process was asked to stop, and the work is taken up again by itself",
  },
  "binding-changed": {
    whose: "us",
    retry: "later",
    status: 409,
    remedy: "Wait: the repository's binding changed while it was being synced, and the work is tried again by itself",
  },
  "sync-overtaken": {
    whose: "us",
    retry: "later",
    status: 409,
    remedy: "Wait: another sync of the repository came first, and the work is tried again by itself",
  },
  "snapshot-moved": {
    whose: "us",
    retry: "later",
    status: 409,
    remedy: "Wait: files changed while they were being read, and the work is tried again by itself",
  },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faults;

export interface FaultOptions extends ErrorOptions {
  /** When trying again makes sense, where the other side said so (a rate limit). */
  readonly retryAt?: Date;
  /** What to do, where this case knows better than the table. */
  readonly remedy?: string;
}

/** A fault thrown where it is first known. `message` is for people and must hold no secret and nobody's code. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly retryAt: Date | undefined;
  readonly remedy: string;

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options);
    this.name = "Fault";
    this.code = code;
    this.retryAt = options.retryAt;
    this.remedy = options.remedy ?? faults[code].remedy;
  }

  get row(): FaultRow {
    return faults[this.code];
  }
}

/** After how many seconds a request that was answered with this fault is worth sending again; `undefined` where none is. */
export function retryAfterSeconds(fault: Fault, now: Date): number | undefined {
  if (fault.row.status !== 503 && fault.row.status !== 429) return undefined;
  const waitMs = fault.retryAt === undefined ? 5_000 : fault.retryAt.getTime() - now.getTime();
  return Math.max(1, Math.ceil(waitMs / 1000));
}

/** Whether trying the same work again may help. What is not a `Fault` is a defect or an outage nobody foresaw: yes. */
export function isWorthRetrying(error: unknown): boolean {
  return error instanceof Fault ? error.row.retry === "later" : true;
}
