// The two digests that files are known by. Here so that sync, check, the command line and GitHub's edge cannot differ.
import { createHash, hash } from "node:crypto";
import type { ContentHash } from "./workspace/layer.ts";

/** SHA-256 of bytes, in hex: `content_hash` in Postgres and `hash` in Redis. */
export function contentHash(bytes: Uint8Array): ContentHash {
  return hash("sha256", bytes, "hex") as ContentHash;
}

/** The id that git gives a blob of these bytes: SHA-1 of `blob <length>\0<bytes>`, in hex. */
export function gitBlobSha(bytes: Uint8Array): string {
  // In two steps: putting the two together would copy every file.
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
