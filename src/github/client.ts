// Puts the edge to GitHub together: one connection, and a function for each thing that the product asks.
import { type Logger, pino } from "pino";
import { type BlobSource, readBlob, readBlobs } from "./blobs.ts";
import { createCheckRun, updateCheckRun } from "./check-runs.ts";
import { connect } from "./connection.ts";
import { readCommit, readHead, readTree } from "./git.ts";
import type { GitHub } from "./github.ts";
import { listPullRequestsAt, readPullRequest } from "./pull-requests.ts";
import { findRepository, listInstallations, listRepositories } from "./repositories.ts";

export interface GitHubOptions {
  readonly appId: number | string;
  /** The app's private key, PEM. */
  readonly privateKey: string;
  /** The API's root, such as `https://api.github.com`. */
  readonly apiUrl: string;
  /** The root of the pages, from whose host archives are fetched as well. Default: github.com's, or the API's host. */
  readonly serverUrl?: string;
  readonly log?: Logger;
  readonly userAgent?: string;
  /** How long one request may take. Default: 30 seconds, which a tree of 100,000 entries needs at most. */
  readonly timeoutMs?: number;
}

/** Connects to GitHub as the app. Nothing is sent before something is asked. */
export function connectGitHub(options: GitHubOptions): GitHub {
  const log = options.log ?? pino({ level: "silent" });
  const connection = connect({
    appId: options.appId,
    privateKey: options.privateKey,
    apiUrl: options.apiUrl,
    userAgent: options.userAgent ?? "bifrost-modules",
    log,
    timeoutMs: options.timeoutMs ?? 30_000,
  });
  const source: BlobSource = { connection, archiveHosts: archiveHosts(options.apiUrl, options.serverUrl), log };
  return {
    installations: () => listInstallations(connection),
    installationRepositories: (installationId) => listRepositories(connection, installationId),
    repository: (address) => findRepository(connection, address),
    head: (address, branch) => readHead(connection, address, branch),
    commit: (address, sha) => readCommit(connection, address, sha),
    tree: (address, treeSha) => readTree(connection, address, treeSha),
    blob: (address, gitSha) => readBlob(source, address, gitSha),
    blobs: (address, gitShas, commitSha) => readBlobs(source, address, gitShas, commitSha),
    pullRequest: (address, number) => readPullRequest(connection, address, number),
    pullRequestsAt: (address, headSha) => listPullRequestsAt(connection, address, headSha),
    createCheckRun: (address, draft) => createCheckRun(connection, address, draft),
    updateCheckRun: (address, checkRunId, draft) => updateCheckRun(connection, address, checkRunId, draft),
  };
}

/** GitHub serves archives from a host beside that of its pages, Enterprise Server from the same or beside it. */
function archiveHosts(apiUrl: string, serverUrl: string | undefined): ReadonlySet<string> {
  const api = new URL(apiUrl);
  const server = serverUrl ?? (api.host === "api.github.com" ? "https://github.com" : api.origin);
  const { host } = new URL(server);
  return new Set([api.host, host, `codeload.${host}`]);
}
