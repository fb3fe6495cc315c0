// GitHub in a thread of its own: a real HTTP server whose answers are made beforehand and only written when asked for. It
// answers whatever path is asked and refuses nobody; the emulator of the tests is the one that knows the rules.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";
import { gitBlobSha } from "../src/digest.ts";
import type { RepositoryFacts } from "../src/workspace/repository.ts";
import { packArchive } from "./archive.ts";
import type { Concluded, ThreadMessage } from "./github-server.ts";

interface Held {
  readonly facts: RepositoryFacts;
  readonly files: Map<string, string>;
  readonly blobs: Map<string, Buffer>;
  repository: Buffer;
  readonly sha: string;
  branch: Buffer;
  commit: Buffer;
  tree: Buffer;
  archive: Buffer | undefined;
  /** Pull requests by number, and the trees of their merges by commit. */
  readonly pulls: Map<number, Buffer>;
  readonly mergedTrees: Map<string, Buffer>;
}

const repositories = new Map<string, Held>();
let commits = 0;
let requests: string[] = [];
const concluded: Concluded[] = [];
let isAwaited = false;
const port = parentPort;
if (port === null) throw new Error("This file is the thread of bench/github-server.ts");

port.on("message", (message: ThreadMessage) => {
  if (message.kind === "commit") port.postMessage(commit(message));
  else if (message.kind === "concluded") {
    isAwaited = true;
    tellConcluded();
  } else {
    port.postMessage(requests);
    requests = [];
  }
});

function tellConcluded(): void {
  const next = isAwaited ? concluded.shift() : undefined;
  if (next === undefined) return;
  isAwaited = false;
  port?.postMessage(next);
}

/** Makes a commit of changed files on top of the last one, with everything that will be asked of it. */
function commit({ facts, changes, archive, pullNumber }: Extract<ThreadMessage, { kind: "commit" }>): string {
  commits += 1;
  const sha = commits.toString(16).padStart(40, "0");
  const name = `${facts.owner}/${facts.name}`;
  const before = repositories.get(name);
  const files = pullNumber === undefined ? (before?.files ?? new Map<string, string>()) : new Map(before?.files);
  for (const [path, content] of changes) files.set(path, content);
  const blobs = (pullNumber === undefined ? undefined : before?.blobs) ?? new Map<string, Buffer>();
  const tree = Array.from(files, ([path, content]) => {
    const bytes = Buffer.from(content);
    const blobSha = gitBlobSha(bytes);
    blobs.set(blobSha, bytes);
    return {
      path,
      mode: "100644",
      type: "blob",
      sha: blobSha,
      size: bytes.length,
      url: `https://api.example/${blobSha}`,
    };
  });
  if (pullNumber !== undefined && before !== undefined) {
    before.pulls.set(pullNumber, pullRequest({ facts, sha }, pullNumber));
    before.mergedTrees.set(sha, json({ sha, truncated: false, tree }));
    return sha;
  }
  const content = {
    tree: { sha },
    author: { name: "author", date: "2026-01-01T00:00:00Z" },
    committer: { name: "author", date: "2026-01-01T00:00:00Z" },
    message: "A commit",
  };
  repositories.set(name, {
    facts,
    files,
    blobs,
    repository: json({
      id: facts.id,
      name: facts.name,
      full_name: name,
      owner: { id: facts.accountId, login: facts.owner },
      default_branch: facts.defaultBranch,
      private: facts.private,
      archived: facts.archived,
    }),
    sha,
    commit: json({ sha, ...content, parents: [] }),
    branch: json({ name: facts.defaultBranch, commit: { sha, commit: content, parents: [] } }),
    tree: json({ sha, truncated: false, tree }),
    archive: archive ? packArchive(`${facts.owner}-${facts.name}-${sha}`, files) : undefined,
    pulls: new Map(),
    mergedTrees: new Map(),
  });
  return sha;
}

const server = createServer((request, response) => {
  const path = request.url ?? "";
  requests.push(`${request.method} ${path}`);
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.once("end", () => {
    answer(path, response);
    if (/\/check-runs(?:\/\d+)?$/.test(path)) noteCheckRun(Buffer.concat(parts).toString());
  });
});

function noteCheckRun(body: string): void {
  const { name, conclusion, output } = body === "" ? {} : JSON.parse(body);
  if (conclusion === undefined) return;
  concluded.push({ name, conclusion, summary: output.summary });
  tellConcluded();
}

function answer(path: string, response: ServerResponse): void {
  if (path.endsWith("/access_tokens")) {
    send(response, 201, json({ token: "ghs_bench", expires_at: "2099-01-01T00:00:00Z", permissions: {} }));
    return;
  }
  const [, owner, name, rest = ""] = /^\/repos\/([^/]+)\/([^/?]+)(.*)$/.exec(path) ?? [];
  const held = repositories.get(`${owner}/${name}`);
  if (held === undefined) send(response, 404, json({ message: "Not Found" }));
  else if (rest === "") send(response, 200, held.repository);
  else if (rest.startsWith("/pulls/")) send(response, 200, pullOf(held, Number(rest.slice("/pulls/".length))));
  else if (rest.startsWith("/git/commits/")) send(response, 200, commitOf(held, rest.slice("/git/commits/".length)));
  else if (rest.startsWith("/branches/")) send(response, 200, held.branch);
  else if (rest.startsWith("/git/trees/")) {
    const [, sha = ""] = /^\/git\/trees\/([0-9a-f]+)/.exec(rest) ?? [];
    send(response, 200, held.mergedTrees.get(sha) ?? held.tree);
  } else if (/^\/commits\/[^/]+\/check-runs/.test(rest)) {
    send(response, 200, json({ total_count: 0, check_runs: [] }));
  } else if (rest.endsWith("/annotations")) send(response, 200, json([]));
  else if (rest.startsWith("/check-runs")) send(response, 201, json({ id: requests.length }));
  else if (rest.startsWith("/git/blobs/")) sendBytes(response, held.blobs.get(rest.slice("/git/blobs/".length)));
  else if (rest.startsWith("/tarball/")) sendBytes(response, held.archive);
  else send(response, 404, json({ message: "Not Found" }));
}

/** One that was opened, or any other: that would land what has landed, which is as much work to check. */
function pullOf(held: Held, number: number): Buffer {
  return held.pulls.get(number) ?? pullRequest(held, number);
}

function commitOf(held: Held, sha: string): Buffer {
  if (!held.mergedTrees.has(sha)) return held.commit;
  const by = { name: "author", date: "2026-01-01T00:00:00Z" };
  return json({ sha, tree: { sha }, author: by, committer: by, message: "A merge", parents: [] });
}

function pullRequest({ facts, sha }: Pick<Held, "facts" | "sha">, number: number): Buffer {
  return json({
    number,
    title: "A change",
    state: "open",
    draft: false,
    head: { sha, repo: { id: facts.id } },
    base: { ref: facts.defaultBranch, sha },
    mergeable: true,
    merge_commit_sha: sha,
  });
}

function sendBytes(response: ServerResponse, bytes: Buffer | undefined): void {
  if (bytes === undefined) send(response, 404, json({ message: "Not Found" }));
  else send(response, 200, bytes, "application/octet-stream");
}

function send(response: ServerResponse, status: number, body: Buffer, type = "application/json"): void {
  response.writeHead(status, { "content-type": type, "content-length": body.length });
  response.end(body);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

server.listen(0, "127.0.0.1", () => {
  port.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
