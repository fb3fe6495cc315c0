// The git database: refs, commits, trees and blobs, straight from the bare repository.
import { gitCommit, gitReference } from "../answers/commit.ts";
import { type Exchange, json, pageOf, type Route } from "../exchange.ts";
import type { GitTreeEntry } from "../git-repository.ts";
import { nodeId } from "../identifiers.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repository } from "../repository.ts";

const contents = { as: "installation", permission: ["contents", "read"] } as const;

export const gitDatabaseRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/git/ref/{ref}",
    access: contents,
    answer: async ({ repository, path }) => {
      refuseEmpty(repository);
      const ref = `refs/${path.ref}`;
      const object = await repository.git.object(ref);
      if (object === undefined) throw notFound();
      return json(gitReference(repository, ref, object));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/git/matching-refs/{ref}",
    access: contents,
    answer: async ({ repository, path }) => {
      refuseEmpty(repository);
      const prefix = `refs/${path.ref}`;
      // git matches whole segments of a name, GitHub matches letters.
      const refs = (await repository.git.refs("refs/")).filter(({ ref }) => ref.startsWith(prefix));
      return json(refs.map(({ ref, sha }) => gitReference(repository, ref, { sha, type: "commit" })));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/tags",
    access: contents,
    answer: async (exchange) => {
      const { repository } = exchange;
      const refs = await repository.git.refs("refs/tags/");
      const { items, headers } = pageOf(exchange, refs);
      const body = await Promise.all(
        items.map(async ({ ref }) => {
          const name = ref.slice("refs/tags/".length);
          // A tag may be an object of its own; what is told is the commit that it leads to.
          const sha = (await repository.git.commit(ref))?.sha ?? "";
          return {
            name,
            commit: { sha, url: `${repository.apiUrl}/commits/${sha}` },
            zipball_url: `${repository.apiUrl}/zipball/${ref}`,
            tarball_url: `${repository.apiUrl}/tarball/${ref}`,
            node_id: nodeId("REF", ref),
          };
        }),
      );
      return { status: 200, headers, body };
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/git/commits/{commit_sha}",
    access: contents,
    answer: async ({ repository, path }) => {
      refuseEmpty(repository);
      const commit = isSha(path.commit_sha) ? await repository.git.commit(path.commit_sha) : undefined;
      if (commit === undefined) throw notFound();
      return json(gitCommit(repository, commit));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/git/trees/{tree_sha}",
    access: contents,
    answer: async (exchange) => {
      const { repository, path, query } = exchange;
      refuseEmpty(repository);
      const tree = await repository.git.object(`${path.tree_sha}^{tree}`);
      if (tree === undefined) throw notFound();
      // Any value counts, "0" and "false" too.
      const isRecursive = query.has("recursive");
      const entries = await repository.git.tree(tree.sha, isRecursive);
      return json({
        sha: tree.sha,
        url: `${repository.apiUrl}/git/trees/${tree.sha}`,
        ...withinLimits(exchange, entries, isRecursive),
      });
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/git/blobs/{file_sha}",
    access: contents,
    answer: async ({ repository, path, accept }) => {
      refuseEmpty(repository);
      const blob = isSha(path.file_sha) ? await repository.git.object(path.file_sha) : undefined;
      if (blob?.type !== "blob") throw notFound();
      if (isRaw(accept)) {
        return { status: 200, body: blob.content, contentType: "application/vnd.github.raw+json; charset=utf-8" };
      }
      return json({
        sha: blob.sha,
        node_id: nodeId("B", blob.sha),
        size: blob.content.length,
        url: `${repository.apiUrl}/git/blobs/${blob.sha}`,
        content: base64Lines(blob.content),
        encoding: "base64",
      });
    },
  },
];

/** Whether a caller asks for bytes in place of JSON. */
export function isRaw(accept: string): boolean {
  return /application\/vnd\.github(?:\.v3|\.VERSION)?\.raw/.test(accept);
}

/** Base64 in lines of 60 characters, as GitHub writes it: who decodes it must bear with the line ends. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll(/.{60}/g, "$&\n");
}

/** GitHub has no git database for a repository without a commit. */
export function refuseEmpty(repository: Repository): void {
  if (repository.pushedAt === null) throw new Refusal(409, "Git Repository is empty.");
}

function isSha(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{40}$/.test(text);
}

function withinLimits({ github, repository }: Exchange, entries: readonly GitTreeEntry[], isRecursive: boolean) {
  const { entriesMax, bytesMax } = github.treeLimits;
  const tree: unknown[] = [];
  let bytes = 0;
  for (const { path, mode, type, sha, size } of entries) {
    // A submodule's commit lies in another repository, so there is no address for it here.
    const url = type === "commit" ? {} : { url: `${repository.apiUrl}/git/${type}s/${sha}` };
    const written = { path, mode, type, sha, ...(size === undefined ? {} : { size }), ...url };
    bytes += JSON.stringify(written).length + 1;
    // Only the recursive form is cut: that is how a caller gets at what is missing.
    if (isRecursive && (tree.length >= entriesMax || bytes > bytesMax)) return { tree, truncated: true };
    tree.push(written);
  }
  return { tree, truncated: false };
}
