// GitHub in a thread of its own: a real HTTP server whose answers are made beforehand and only written when asked for. It
// answers whatever path is asked and refuses nobody; the emulator of the tests is the one that knows the rules.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";
import { gitBlobSha } from "../src/digest.ts";
import type { RepositoryFacts } from "../src/workspace/repository.ts";
import { packArchive } from "./archive.ts";
import type { ThreadMessage } from "./github-server.ts";

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
}

const repositories = new Map<string, Held>();
let commits = 0;
let requests: string[] = [];
const port = parentPort;
if (port === null) throw new Error("This file is the thread of bench/github-server.ts");

port.on("message", (message: ThreadMessage) => {
  if (message.kind === "commit") port.postMessage(commit(message));
  else {
    port.postMessage(requests);
    requests = [];
  }
});

/** Makes a commit of changed files on top of the last one, with everything that will be asked of it. */
function commit({ facts, changes, archive }: Extract<ThreadMessage, { kind: "commit" }>): string {
  commits += 1;
  const sha = commits.toString(16).padStart(40, "0");
  const name = `${facts.owner}/${facts.name}`;
  const before = repositories.get(name);
  const files = before?.files ?? new Map<string, string>();
  for (const [path, content] of changes) files.set(path, content);
  const blobs = new Map<string, Buffer>();
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
  });
  return sha;
}

const server = createServer((request, response) => {
  const path = request.url ?? "";
  requests.push(`${request.method} ${path}`);
  request.resume();
  request.once("end", () => answer(path, response));
});

function answer(path: string, response: ServerResponse): void {
  if (path.endsWith("/access_tokens")) {
    send(response, 201, json({ token: "ghs_bench", expires_at: "2099-01-01T00:00:00Z", permissions: {} }));
    return;
  }
  const [, owner, name, rest = ""] = /^\/repos\/([^/]+)\/([^/?]+)(.*)$/.exec(path) ?? [];
  const held = repositories.get(`${owner}/${name}`);
  if (held === undefined) send(response, 404, json({ message: "Not Found" }));
  else if (rest === "") send(response, 200, held.repository);
  else if (rest.startsWith("/pulls/")) send(response, 200, pullRequest(held, Number(rest.slice("/pulls/".length))));
  else if (rest.startsWith("/git/commits/")) send(response, 200, held.commit);
  else if (rest.startsWith("/branches/")) send(response, 200, held.branch);
  else if (rest.startsWith("/git/trees/")) send(response, 200, held.tree);
  else if (rest.startsWith("/check-runs")) send(response, 201, json({ id: requests.length }));
  else if (rest.startsWith("/git/blobs/")) sendBytes(response, held.blobs.get(rest.slice("/git/blobs/".length)));
  else if (rest.startsWith("/tarball/")) sendBytes(response, held.archive);
  else send(response, 404, json({ message: "Not Found" }));
}

/** Any pull request: it would land what has landed, which is as much work to check as another. */
function pullRequest({ facts, sha }: Held, number: number): Buffer {
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
