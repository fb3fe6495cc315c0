// Puts the edge to GitHub together: one connection, and a function for each thing that the product asks.

import { type Logger, pino } from "pino";
import { type GitHubApp, openApp } from "./app.ts";
import { type BlobSource, rememberBlobs } from "./blobs.ts";
import { createCheckRun, noteOnCheckRun, updateCheckRun } from "./check-runs.ts";
import { openCommitBlobs, readBlobs } from "./commit-blobs.ts";
import { type Connection, connect } from "./connection.ts";
import { readCommit, readFolders, readHead, readMergeBase, readTree } from "./git.ts";
import type { GitHub } from "./github.ts";
import { readHeadSince } from "./head-since.ts";
import { listOpenPullsSince, listPullRequestsAt, readPullRequest } from "./pull-requests.ts";
import { rememberTrees } from "./recent-trees.ts";
import { findRepository, listInstallations, listRepositories, readRole } from "./repositories.ts";
import { listFailedDeliveries, redeliver } from "./sent-deliveries.ts";
import { listTags } from "./tags.ts";

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
  const log = options.log ?? silent();
  const connection = connectionOf(options, log);
  const source: BlobSource = {
    connection,
    archiveHosts: archiveHosts(options.apiUrl, options.serverUrl),
    recent: rememberBlobs(),
    log,
  };
  const trees = rememberTrees();
  return {
    quota: (installationId) => connection.quota(installationId),
    failedDeliveries: (cursor) => listFailedDeliveries(connection, cursor),
    redeliver: (deliveryId) => redeliver(connection, deliveryId),
    installations: () => listInstallations(connection),
    installationRepositories: (installationId) => listRepositories(connection, installationId),
    repository: (address) => findRepository(connection, address),
    head: (address, branch) => readHead(connection, address, branch),
    headSince: (address, branch, etag) => readHeadSince(connection, address, branch, etag),
    commit: (address, sha) => readCommit(connection, address, sha),
    tree: (address, treeSha) => readTree(connection, trees, address, treeSha),
    folders: (address, treeSha, isWanted) => readFolders(connection, address, treeSha, isWanted),
    blob: (address, gitSha) => openCommitBlobs(source, address, undefined, 0).blob(address, gitSha),
    blobs: (address, gitShas, commitSha, onRead) => readBlobs(source, address, gitShas, commitSha, onRead),
    commitBlobs: (address, commitSha, expectedCount) => openCommitBlobs(source, address, commitSha, expectedCount),
    tags: (address) => listTags(connection, address),
    pullRequest: (address, number) => readPullRequest(connection, address, number),
    openPullsSince: (address, etag) => listOpenPullsSince(connection, address, etag),
    mergeBase: (address, oneSha, otherSha) => readMergeBase(connection, address, oneSha, otherSha),
    pullRequestsAt: (address, headSha) => listPullRequestsAt(connection, address, headSha),
    createCheckRun: (address, draft) => createCheckRun(connection, Number(options.appId), address, draft),
    noteOnCheckRun: (address, checkRunId, note) => noteOnCheckRun(connection, address, checkRunId, note),
    roleOf: (address, user) => readRole(connection, address, user),
    updateCheckRun: (address, checkRunId, draft) => updateCheckRun(connection, address, checkRunId, draft),
  };
}

/** Connects to GitHub to look at the app itself. Nothing is sent before something is asked. */
export function connectGitHubApp(options: GitHubOptions): GitHubApp {
  return openApp(connectionOf(options, options.log ?? silent()), options.apiUrl);
}

function connectionOf(options: GitHubOptions, log: Logger): Connection {
  return connect({
    appId: options.appId,
    privateKey: options.privateKey,
    apiUrl: options.apiUrl,
    userAgent: options.userAgent ?? "bifrost-modules",
    log,
    timeoutMs: options.timeoutMs ?? 30_000,
  });
}

function silent(): Logger {
  return pino({ level: "silent" });
}

/** GitHub serves archives from a host beside that of its pages, Enterprise Server from the same or beside it. */
function archiveHosts(apiUrl: string, serverUrl: string | undefined): ReadonlySet<string> {
  const api = new URL(apiUrl);
  const server = serverUrl ?? (api.host === "api.github.com" ? "https://github.com" : api.origin);
  const { host } = new URL(server);
  return new Set([api.host, host, `codeload.${host}`]);
}
