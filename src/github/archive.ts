// The archive of a commit as a stream of file contents, fetched once and held nowhere. Names are not looked at: what a
// file is, its hash says.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Fault } from "../errors.ts";
import { fileBytesMax } from "../workspace/file.ts";
import type { BlobSource } from "./blobs.ts";
import { contentsOf } from "./git.ts";
import type { RepositoryAddress } from "./github.ts";
import { tarFiles } from "./tar.ts";

// A repository whose modules are few among gigabytes of other things is better asked file by file.
const archiveBytesMax = 1024 ** 3;
const archiveTimeoutMs = 120_000;

/** Gives the bytes of the files of a commit's archive, one by one; whoever stops early ends the download. */
export async function* archiveFiles(
  source: BlobSource,
  address: RepositoryAddress,
  commitSha: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const answer = await contentsOf(source.connection, address).rest.repos.downloadTarballArchive({
    owner: address.owner,
    repo: address.name,
    ref: commitSha,
    request: { parseSuccessResponseBody: false, givesRedirects: true },
  });
  const body: unknown = answer.headers.location === undefined ? answer.data : await download(source, answer);
  if (!(body instanceof ReadableStream)) throw new Fault("github-unavailable", "GitHub sent no archive");
  const unpacked = createGunzip();
  // What breaks the download ends the unpacking with the same error, which is thrown where it is read. An end before the
  // last byte is the reader's own.
  pipeline(Readable.fromWeb(body), unpacked).catch(() => {});
  try {
    yield* tarFiles(unpacked, { fileBytesMax, totalBytesMax: archiveBytesMax });
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
