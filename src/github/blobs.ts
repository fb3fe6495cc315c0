// One file's content by its blob id. Every byte is hashed again before it is believed: caches on the way may hand out
// something else than the tree names.
import type { Logger } from "pino";
import { z } from "zod";
import { gitBlobSha } from "../digest.ts";
import { Fault } from "../errors.ts";
import { createRecent } from "../recent.ts";
import { drain, read, servedYet } from "./answer.ts";
import type { Connection } from "./connection.ts";
import { contentsOf } from "./git.ts";
import type { RepositoryAddress } from "./github.ts";

export interface BlobSource {
  readonly connection: Connection;
  /** Hosts (with port) that an archive may be fetched from. */
  readonly archiveHosts: ReadonlySet<string>;
  /** What was asked for by itself, such as the repository's own file: it seldom changes and is asked for at each push. */
  readonly recent: RecentBlobs;
  readonly log: Logger;
}

// A few hundred bytes each, so some thousands of repositories.
const recentBytesMax = 4 * 1024 * 1024;
const recentBytesEach = 64 * 1024;

/** Blobs by repository and id: whoever may read one repository need not be allowed to read another's. */
export interface RecentBlobs {
  get(address: RepositoryAddress, gitSha: string): Uint8Array | undefined;
  keep(address: RepositoryAddress, gitSha: string, bytes: Uint8Array): Uint8Array;
}

export function rememberBlobs(): RecentBlobs {
  const recent = createRecent<string, Uint8Array>(recentBytesMax, (bytes) => bytes.length + 100);
  const keyOf = ({ id }: RepositoryAddress, gitSha: string) => `${id} ${gitSha}`;
  return {
    get: (address, gitSha) => recent.get(keyOf(address, gitSha)),
    keep(address, gitSha, bytes) {
      if (bytes.length <= recentBytesEach) recent.set(keyOf(address, gitSha), bytes);
      return bytes;
    },
  };
}

const base64Answer = z.object({ content: z.string(), encoding: z.literal("base64") });

/** One blob's bytes. Throws `content-mismatch` where GitHub answers twice with other bytes than the id stands for. */
export async function readBlob(source: BlobSource, address: RepositoryAddress, gitSha: string): Promise<Uint8Array> {
  const { git } = contentsOf(source.connection, address).rest;
  const what = `blob ${gitSha} of ${address.owner}/${address.name}`;
  const parameters = { owner: address.owner, repo: address.name, file_sha: gitSha };
  // Octokit would decode the raw bytes as text, so it must hand over the stream.
  const raw = await servedYet(
    what,
    git.getBlob({ ...parameters, mediaType: { format: "raw" }, request: { parseSuccessResponseBody: false } }),
  );
  const bytes = await drain(what, raw.data);
  if (gitBlobSha(bytes) === gitSha) return bytes;
  const encoded = read(what, base64Answer, (await servedYet(what, git.getBlob(parameters))).data);
  const decoded = Buffer.from(encoded.content, "base64");
  if (gitBlobSha(decoded) === gitSha) return decoded;
  throw new Fault("content-mismatch", `GitHub answered with other bytes than ${what} stands for`);
}
