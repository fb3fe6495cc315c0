// One bare git repository on disk, through the git binary. It knows git alone: no accounts, no API, no webhooks.
import { mkdir } from "node:fs/promises";
import { type CommitDraft, fastImportStream, type Signature } from "./fast-import.ts";
import { type DiffEntry, parseDiff } from "./git-diff.ts";
import { runGit, tryGit } from "./git-process.ts";
import { type GitObject, ObjectReader } from "./object-reader.ts";

export interface GitTreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  /** Bytes, for blobs. */
  readonly size?: number;
}

export interface GitCommit {
  readonly sha: string;
  readonly treeSha: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

/** The id of a ref that does not exist, before it was made or after it was deleted. */
export const zeroSha = "0".repeat(40);

export class GitRepository {
  readonly directory: string;
  readonly #objects: ObjectReader;

  private constructor(directory: string) {
    this.directory = directory;
    this.#objects = new ObjectReader(directory);
  }

  /** Makes an empty bare repository. */
  static async create(directory: string): Promise<GitRepository> {
    await mkdir(directory, { recursive: true });
    await runGit(directory, ["init", "--quiet", "--bare", "--initial-branch=main"]);
    return new GitRepository(directory);
  }

  /** Makes a copy with all branches and tags. */
  async clone(directory: string): Promise<GitRepository> {
    await runGit(this.directory, ["clone", "--quiet", "--bare", ".", directory]);
    return new GitRepository(directory);
  }

  /** The object that a name leads to: an id, a ref, `<id>:<path>`. */
  object(name: string): Promise<GitObject | undefined> {
    return this.#objects.read(name);
  }

  /** The commit that a name leads to: an id, a branch, a tag, a full ref. */
  async commit(name: string): Promise<GitCommit | undefined> {
    const object = await this.object(`${name}^{commit}`);
    return object === undefined ? undefined : parseCommit(object);
  }

  /** The commit id of a full ref such as `refs/heads/main`. */
  async ref(ref: string): Promise<string | undefined> {
    return (await this.object(ref))?.sha;
  }

  /** Full names of refs that begin with a prefix, with their ids, by name. */
  async refs(prefix: string): Promise<{ ref: string; sha: string }[]> {
    const output = await runGit(this.directory, ["for-each-ref", "--format=%(objectname) %(refname)", prefix]);
    return output
      .toString()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => ({ sha: line.slice(0, 40), ref: line.slice(41) }));
  }

  /** Writes a commit with its files, moves its ref there and gives its id. */
  async write(draft: CommitDraft): Promise<string> {
    // The limit makes git keep its pack as it is: unpacking few objects would cost a second process.
    const args = ["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force"];
    return (await runGit(this.directory, args, fastImportStream(draft))).toString().trim();
  }

  /** Moves or makes a ref; `zeroSha` deletes it. */
  async updateRef(ref: string, sha: string): Promise<void> {
    await runGit(this.directory, sha === zeroSha ? ["update-ref", "-d", ref] : ["update-ref", ref, sha]);
  }

  /** Brings a ref of another repository here under another name. */
  async fetch(from: GitRepository, fromRef: string, ref: string): Promise<void> {
    await runGit(this.directory, ["fetch", "--quiet", "--no-tags", from.directory, `+${fromRef}:${ref}`]);
  }

  /** The entries of a tree; with `recursive` those of all folders below it too, folders included. */
  async tree(name: string, recursive: boolean): Promise<GitTreeEntry[]> {
    const output = await runGit(this.directory, ["ls-tree", "-z", "-l", ...(recursive ? ["-r", "-t"] : []), name]);
    return output
      .toString()
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => {
        const tab = line.indexOf("\t");
        const [mode = "", type = "", sha = "", size = "-"] = line.slice(0, tab).split(/ +/);
        const entry = { path: line.slice(tab + 1), mode, type: type as GitTreeEntry["type"], sha };
        return size === "-" ? entry : { ...entry, size: Number(size) };
      });
  }

  /** What changed from one commit or tree to another. */
  async diff(from: string, to: string): Promise<DiffEntry[]> {
    const range = ["diff-tree", "-r", "-M", "--no-commit-id"];
    const [numbers, patches] = await Promise.all([
      runGit(this.directory, [...range, "-z", "--raw", "--numstat", "--no-abbrev", from, to]),
      runGit(this.directory, [...range, "-p", from, to]),
    ]);
    return parseDiff(numbers.toString(), patches.toString());
  }

  /** The paths that a commit touched, each with git's letter for what happened: A, D, M or T. */
  async changedPaths(sha: string): Promise<{ status: string; path: string }[]> {
    const args = ["diff-tree", "--root", "-r", "-z", "--no-renames", "--no-commit-id", "--name-status", sha];
    const fields = (await runGit(this.directory, args)).toString().split("\0");
    const paths: { status: string; path: string }[] = [];
    for (let at = 0; at + 1 < fields.length; at += 2)
      paths.push({ status: fields[at] ?? "", path: fields[at + 1] ?? "" });
    return paths;
  }

  /** The commits that `to` has and `from` has not, oldest first; all of them where there is no `from`. */
  async log(from: string | undefined, to: string): Promise<GitCommit[]> {
    const exclude = from === undefined ? [] : [`^${from}`];
    const output = await runGit(this.directory, ["rev-list", "--reverse", "--topo-order", to, ...exclude]);
    const shas = output.toString().split("\n").filter(Boolean);
    const commits = await Promise.all(shas.map((sha) => this.commit(sha)));
    return commits.filter((commit) => commit !== undefined);
  }

  /** The best common ancestor of two commits. */
  async mergeBase(one: string, other: string): Promise<string | undefined> {
    const result = await tryGit(this.directory, ["merge-base", one, other]);
    return result.code === 0 ? result.output.toString().trim() : undefined;
  }

  /** Merges two commits and gives the id of the merge commit, or undefined where they conflict. Moves no ref. */
  async merge(base: string, head: string, message: string, author: Signature): Promise<string | undefined> {
    const merged = await tryGit(this.directory, ["merge-tree", "--write-tree", base, head]);
    if (merged.code !== 0) return undefined;
    const tree = merged.output.toString().trim();
    const date = `${Math.floor(author.date.getTime() / 1000)} +0000`;
    const output = await runGit(this.directory, ["commit-tree", tree, "-p", base, "-p", head], message, {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: date,
    });
    return output.toString().trim();
  }

  /** A gzipped tar of a commit, made by `git archive`, which honours export-ignore; every path is below `prefix`. */
  archive(name: string, prefix: string): Promise<Buffer> {
    return runGit(this.directory, ["archive", "--format=tar.gz", `--prefix=${prefix}/`, name]);
  }

  close(): Promise<void> {
    return this.#objects.close();
  }
}

function parseCommit(object: GitObject): GitCommit {
  const text = object.content.toString();
  const headEnd = text.indexOf("\n\n");
  const lines = text.slice(0, headEnd).split("\n");
  const values = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    sha: object.sha,
    treeSha: values("tree")[0] ?? "",
    parents: values("parent"),
    author: parseSignature(values("author")[0] ?? ""),
    committer: parseSignature(values("committer")[0] ?? ""),
    message: text.slice(headEnd + 2).replace(/\n$/, ""),
  };
}

function parseSignature(line: string): Signature {
  const match = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  return { name: match?.[1] ?? "", email: match?.[2] ?? "", date: new Date(Number(match?.[3] ?? 0) * 1000) };
}
