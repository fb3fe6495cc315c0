// What was pushed, by commit: the yardstick for everything that is stored. Files are named so that every push writes,
// replaces, deletes and renames.
import type { Repository } from "../github/repository.ts";

/** Path to content, as the scope is to hold it; `.github/bifrost.yml` is not among it. */
export type Tree = Readonly<Record<string, string>>;

/** A tree of which every version differs from the one before it in each way in which a tree can. */
export function sampleTree(version: number, options: { readonly folder?: string; readonly extra?: number } = {}): Tree {
  const folder = options.folder ?? "shared";
  const tree: Record<string, string> = {
    [`${folder}/kept.ts`]: "export const kept = 1;\n",
    [`${folder}/changed.ts`]: `export const changed = ${version};\n`,
    [`${folder}/name-${version % 3}.ts`]: "export const renamed = 1;\n",
    [`${folder}/only-${version % 2}.ts`]: `export const only = ${version};\n`,
  };
  for (let index = 0; index < (options.extra ?? 0); index += 1) {
    tree[`${folder}/many/${index}.ts`] = `export const version = ${index === 0 ? version : 0};\n// ${index}\n`;
  }
  return tree;
}

/** Every tree of every repository, as they were pushed. */
export class PushedTrees {
  readonly #byCommit = new Map<string, { readonly repositoryId: number; readonly tree: Tree }>();
  readonly #present = new Map<number, Tree>();

  /** Makes the head of a repository's default branch hold these files and no others. Gives the commit. */
  async push(repository: Repository, tree: Tree, manifest?: string): Promise<string> {
    const before = this.#present.get(repository.id) ?? {};
    const deletes = Object.keys(before).filter((path) => !(path in tree));
    this.#present.set(repository.id, tree);
    const { sha } = await repository.push({
      message: "Next",
      files: {
        ...(manifest !== undefined && { ".github/bifrost.yml": manifest }),
        ...Object.fromEntries(deletes.map((path) => [path, null])),
        ...tree,
        // Another one each time: what cannot be stored is remembered with each sync.
        "apps/picture.bin": Buffer.from([0, ...Buffer.from(`${this.#byCommit.size}`)]),
      },
    });
    this.record(repository.id, sha, tree);
    return sha;
  }

  /** Takes note of a commit that was made elsewhere. */
  record(repositoryId: number, commit: string, tree: Tree): void {
    this.#byCommit.set(commit, { repositoryId, tree });
    this.#present.set(repositoryId, tree);
  }

  /** The tree of a commit. Throws where nobody pushed it to this repository. */
  at(repositoryId: number, commit: string): Tree {
    const found = this.#byCommit.get(commit);
    if (found?.repositoryId !== repositoryId) throw new Error(`Nobody pushed ${commit} to repository ${repositoryId}`);
    return found.tree;
  }

  /** What a repository's head holds. */
  present(repositoryId: number): Tree {
    return this.#present.get(repositoryId) ?? {};
  }
}
