// Links to archives that need no token and do not last, as the API hands them out.
import { randomBytes } from "node:crypto";
import type { Repository } from "./repository.ts";

interface Download {
  readonly repository: Repository;
  readonly sha: string;
  readonly expiresAtMs: number;
}

const linkLifetimeMs = 5 * 60_000;

export class Downloads {
  readonly #downloads = new Map<string, Download>();

  /** Makes a link to the archive of a commit. */
  add(repository: Repository, sha: string): string {
    const link = randomBytes(16).toString("hex");
    this.#downloads.set(link, { repository, sha, expiresAtMs: Date.now() + linkLifetimeMs });
    return link;
  }

  /** What a link leads to, while it lasts. */
  find(link: string): Download | undefined {
    const download = this.#downloads.get(link);
    return download !== undefined && download.expiresAtMs > Date.now() ? download : undefined;
  }
}
