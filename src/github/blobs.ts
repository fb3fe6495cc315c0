// File contents by blob id. Every byte is hashed again before it is believed: archives and caches on the way may hand
// out something else than the tree names.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Logger } from "pino";
import { z } from "zod";
import { Fault } from "../errors.ts";
import { fileBytesMax } from "../workspace/file.ts";
import { read, servedYet } from "./answer.ts";
import type { Connection } from "./connection.ts";
import { contentsOf, mapAtOnce } from "./git.ts";
import type { RepositoryAddress } from "./github.ts";
import { tarFiles } from "./tar.ts";

export interface BlobSource {
  readonly connection: Connection;
  /** Hosts (with port) that an archive may be fetched from. */
  readonly archiveHosts: ReadonlySet<string>;
  readonly log: Logger;
}

const base64Answer = z.object({ content: z.string(), encoding: z.literal("base64") });

// An installation may ask some 5,000 times an hour. An archive costs two requests, whatever is in it.
const archiveFromCount = 50;
// A repository whose modules are few among gigabytes of other things is better asked file by file.
const archiveBytesMax = 1024 ** 3;
const archiveTimeoutMs = 120_000;
// GitHub's secondary limits bite at 100 requests at once; several installations and jobs share what is below that.
const concurrencyMax = 10;

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
  if (blobId(bytes) === gitSha) return bytes;
  const encoded = read(what, base64Answer, (await servedYet(what, git.getBlob(parameters))).data);
  const decoded = Buffer.from(encoded.content, "base64");
  if (blobId(decoded) === gitSha) return decoded;
  throw new Fault("content-mismatch", `GitHub answered with other bytes than ${what} stands for`);
}

/** Many blobs by id: out of one archive where they are many of one commit, and what it does not hold one by one. */
export async function readBlobs(
  source: BlobSource,
  address: RepositoryAddress,
  gitShas: readonly string[],
  commitSha: string | undefined,
): Promise<Map<string, Uint8Array>> {
  const wanted = new Set(gitShas);
  const found = new Map<string, Uint8Array>();
  if (commitSha !== undefined && wanted.size >= archiveFromCount) {
    try {
      await collectFromArchive(source, address, commitSha, wanted, found);
    } catch (error) {
      if (error instanceof Fault && error.retryAt !== undefined) throw error;
      const reason = error instanceof Error ? error.message : "unknown";
      source.log.warn({ repositoryId: address.id, reason }, "an archive could not be read; asking file by file");
    }
  }
  const missing = [...wanted].filter((gitSha) => !found.has(gitSha));
  await mapAtOnce(missing, concurrencyMax, async (gitSha) => {
    found.set(gitSha, await readBlob(source, address, gitSha));
  });
  return found;
}

/**
 * Picks wanted blobs out of the commit's archive. An archive may leave files out or rewrite them (`export-ignore`,
 * `export-subst`, Git LFS); those hash to something nobody wants and are simply not found.
 */
async function collectFromArchive(
  source: BlobSource,
  address: RepositoryAddress,
  commitSha: string,
  wanted: ReadonlySet<string>,
  found: Map<string, Uint8Array>,
): Promise<void> {
  const answer = await contentsOf(source.connection, address).rest.repos.downloadTarballArchive({
    owner: address.owner,
    repo: address.name,
    ref: commitSha,
    request: { parseSuccessResponseBody: false, givesRedirects: true },
  });
  const body: unknown = answer.headers.location === undefined ? answer.data : await download(source, answer);
  if (!(body instanceof ReadableStream)) throw new Fault("github-unavailable", "GitHub sent no archive");
  const unpacked = Readable.fromWeb(body).compose(createGunzip());
  try {
    for await (const bytes of tarFiles(unpacked, { fileBytesMax, totalBytesMax: archiveBytesMax })) {
      const gitSha = blobId(bytes);
      if (wanted.has(gitSha)) found.set(gitSha, bytes);
      if (found.size === wanted.size) return;
    }
  } finally {
    unpacked.destroy();
  }
}

/** Fetches from the address that GitHub signed for this one download. The token stays behind. */
async function download(
  source: BlobSource,
  answer: { readonly url: string; readonly headers: { readonly location?: string }; readonly data: unknown },
): Promise<ReadableStream | null> {
  if (answer.data instanceof ReadableStream) await answer.data.cancel();
  const location = new URL(answer.headers.location ?? "", answer.url);
  if (!source.archiveHosts.has(location.host)) {
    throw new Fault("github-rejected", `GitHub keeps its archives at ${location.host}, which is not one of its hosts`);
  }
  const response = await fetch(location, { redirect: "error", signal: AbortSignal.timeout(archiveTimeoutMs) });
  if (response.ok) return response.body;
  await response.body?.cancel();
  throw new Fault("github-unavailable", `GitHub answers the download of an archive with status ${response.status}`);
}

async function drain(what: string, data: unknown): Promise<Uint8Array> {
  if (!(data instanceof ReadableStream)) return new Uint8Array(0);
  try {
    return await new Response(data).bytes();
  } catch {
    throw new Fault("github-unavailable", `GitHub broke off while it answered with ${what}`);
  }
}

/** The id that git gives these bytes. */
function blobId(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
