// Files and folders by their path, as the contents API gives them: symlinks followed, submodules under the name file.
import { posix } from "node:path";
import { encodedPath } from "../answers/commit.ts";
import { type Answer, type Exchange, json, type Route } from "../exchange.ts";
import type { GitTreeEntry } from "../git-repository.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repository } from "../repository.ts";
import { base64Lines, isRaw } from "./git-database.ts";

const fullContentBytesMax = 1024 * 1024;
const rawContentBytesMax = 100 * 1024 * 1024;
const folderEntriesMax = 1000;
const symlinkHopsMax = 10;

export const contentRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/contents/{path}",
    access: { as: "installation", permission: ["contents", "read"] },
    answer: (exchange) => answerPath(exchange, exchange.path.path ?? "", symlinkHopsMax),
  },
];

async function answerPath(exchange: Exchange, path: string, hopsLeft: number): Promise<Answer> {
  const { repository, query, accept } = exchange;
  const ref = query.get("ref") ?? repository.defaultBranch;
  if (repository.pushedAt === null) throw new Refusal(404, "This repository is empty.");
  const commit = await repository.git.commit(ref);
  if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const name = posix.basename(path);
  const folder = posix.dirname(path);
  const parent = folder === "." ? commit.sha : `${commit.sha}:${folder}`;
  if ((await repository.git.object(`${parent}^{tree}`)) === undefined && folder === ".") throw notFound();
  const siblings = await entriesOf(repository, parent);
  const entry = siblings.find((candidate) => candidate.path === name);
  if (entry === undefined) throw notFound();
  const place = { repository, ref, path };
  if (entry.type === "tree") return folderAnswer(place, await entriesOf(repository, entry.sha));
  if (entry.type === "commit") return json({ ...described(place, entry), type: "submodule", submodule_git_url: null });
  const content = (await repository.git.object(entry.sha))?.content ?? Buffer.alloc(0);
  if (entry.mode === "120000" && hopsLeft > 0) {
    const target = posix.normalize(posix.join(folder, content.toString()));
    const followed = target.startsWith("..") ? undefined : await repository.git.object(`${commit.sha}:${target}`);
    if (followed?.type === "blob") return answerPath(exchange, target, hopsLeft - 1);
    return json({ ...described(place, entry), type: "symlink", target: content.toString() });
  }
  if (isRaw(accept)) {
    return { status: 200, body: content, contentType: "application/vnd.github.raw+json; charset=utf-8" };
  }
  if (content.length > rawContentBytesMax) throw new Refusal(403, "This file is too large to be returned.");
  const isFull = content.length <= fullContentBytesMax;
  return json({
    ...described(place, entry),
    type: "file",
    content: isFull ? base64Lines(content) : "",
    encoding: isFull ? "base64" : "none",
  });
}

interface Place {
  readonly repository: Repository;
  readonly ref: string;
  readonly path: string;
}

async function entriesOf(repository: Repository, tree: string): Promise<GitTreeEntry[]> {
  if ((await repository.git.object(tree)) === undefined) return [];
  return repository.git.tree(tree, false);
}

function folderAnswer(place: Place, entries: readonly GitTreeEntry[]): Answer {
  const listed = entries.slice(0, folderEntriesMax).map((entry) => {
    const kind = entry.type === "tree" ? "dir" : entry.mode === "120000" ? "symlink" : "file";
    return { ...described({ ...place, path: `${place.path}/${entry.path}` }, entry), type: kind };
  });
  return json(listed);
}

function described({ repository, ref, path }: Place, entry: GitTreeEntry) {
  const url = `${repository.apiUrl}/contents/${encodedPath(path)}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = `${repository.apiUrl}/git/${entry.type === "tree" ? "trees" : "blobs"}/${entry.sha}`;
  const page = entry.type === "tree" ? "tree" : "blob";
  const htmlUrl = `${repository.htmlUrl}/${page}/${encodedPath(ref)}/${encodedPath(path)}`;
  return {
    name: posix.basename(path),
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: htmlUrl,
    git_url: gitUrl,
    download_url: entry.type === "blob" ? htmlUrl.replace("/blob/", "/raw/") : null,
    _links: { self: url, git: gitUrl, html: htmlUrl },
  };
}
