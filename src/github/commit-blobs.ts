// The blobs of one commit: out of its archive where they are many, which costs next to nothing of the hourly budget, and
// one by one where they are few or the archive does not hold them.
import { gitBlobSha } from "../digest.ts";
import { Fault } from "../errors.ts";
import { archiveFiles } from "./archive.ts";
import { type BlobSource, readBlob } from "./blobs.ts";
import { mapAtOnce } from "./git.ts";
import type { CommitBlobs, RepositoryAddress } from "./github.ts";

// An installation may ask some 5,000 times an hour. An archive costs two requests, whatever is in it.
const archiveFromCount = 50;
// What takes longer than an hour's requests would begin anew in the next hour, and so never end.
const singlesMax = 4000;
// The repository's own file comes among the first of an archive, since its folder begins with a dot. What comes before
// it is kept, as it may be wanted too; beyond this much the file is asked for by itself.
const passedBytesMax = 4 * 1024 * 1024;
// GitHub's secondary limits bite at 100 requests at once; several installations and jobs share what is below that.
const concurrencyMax = 10;

/** Opens the blobs of a commit, of which some `expectedCount` will be asked for. Nothing is sent before the first is. */
export function openCommitBlobs(
  source: BlobSource,
  address: RepositoryAddress,
  commitSha: string | undefined,
  expectedCount: number,
): CommitBlobs {
  const passed = new Map<string, Uint8Array>();
  let passedBytes = 0;
  let files: AsyncGenerator<Uint8Array, void, undefined> | undefined;
  let failure: Fault | undefined;

  /** Reads on in the archive until `isEnough`. An archive that cannot be read only means more single requests. */
  async function readOn(take: (gitSha: string, bytes: Uint8Array) => void, isEnough: () => boolean): Promise<void> {
    if (commitSha === undefined) return;
    files ??= archiveFiles(source, address, commitSha);
    try {
      while (!isEnough()) {
        const next = await files.next();
        if (next.done) return;
        take(gitBlobSha(next.value), next.value);
      }
    } catch (error) {
      if (error instanceof Fault && error.retryAt !== undefined) throw error;
      if (error instanceof Fault) failure = error;
      const reason = error instanceof Error ? error.message : "unknown";
      source.log.warn({ repositoryId: address.id, reason }, "an archive could not be read; asking file by file");
    }
  }

  return {
    async blob(_, gitSha) {
      const known = source.recent.get(address, gitSha);
      if (known !== undefined) return known;
      if (expectedCount >= archiveFromCount) {
        await readOn(
          (sha, bytes) => {
            passed.set(sha, bytes);
            passedBytes += bytes.length;
          },
          () => passed.has(gitSha) || passedBytes > passedBytesMax,
        );
      }
      return source.recent.keep(address, gitSha, passed.get(gitSha) ?? (await readBlob(source, address, gitSha)));
    },

    async blobs(_, gitShas, _commitSha, onRead) {
      const wanted = new Set(gitShas);
      const found = new Map([...passed].filter(([gitSha]) => wanted.has(gitSha)));
      /**
       * An archive may leave files out or rewrite them (`export-ignore`, `export-subst`, Git LFS); those hash to something
       * nobody wants and are simply not found.
       */
      const take = (gitSha: string, bytes: Uint8Array) => {
        if (!wanted.has(gitSha)) return;
        found.set(gitSha, bytes);
        onRead?.(found.size);
      };
      if (wanted.size >= archiveFromCount) await readOn(take, () => found.size === wanted.size);
      const missing = [...wanted].filter((gitSha) => !found.has(gitSha));
      if (missing.length > singlesMax) throw tooMany(address, missing.length, failure);
      await mapAtOnce(missing, concurrencyMax, async (gitSha) => {
        take(gitSha, await readBlob(source, address, gitSha));
      });
      return found;
    },

    async [Symbol.asyncDispose]() {
      passed.clear();
      await files?.return();
    },
  };
}

function tooMany({ owner, name }: RepositoryAddress, count: number, failure: Fault | undefined): Fault {
  const what = `Cannot read ${count} files of ${owner}/${name} one by one within GitHub's hourly limit`;
  if (failure !== undefined) {
    return new Fault(failure.code, `${what}, and not at once: ${failure.message}`, { cause: failure });
  }
  return new Fault("github-rejected", `${what}, and its archive does not hold them`, {
    remedy:
      "Take export-ignore and export-subst out of .gitattributes, or keep the modules in a repository of their own",
  });
}

/** Many blobs by id, in one go. Without a commit there is no archive to take them from. */
export async function readBlobs(
  source: BlobSource,
  address: RepositoryAddress,
  gitShas: readonly string[],
  commitSha: string | undefined,
  onRead: ((count: number) => void) | undefined,
): Promise<Map<string, Uint8Array>> {
  await using opened = openCommitBlobs(source, address, commitSha, gitShas.length);
  return await opened.blobs(address, gitShas, commitSha, onRead);
}
