// Whether a delivery comes from GitHub: HMAC-SHA256 over the bytes as they arrived. It reads nothing of the payload.
import { Webhooks } from "@octokit/webhooks";

/**
 * Whether `header` (`X-Hub-Signature-256`) signs `rawBody` with one of `secrets`. Several secrets are in force while one
 * is replaced by the next. All of them are tried, in constant time each, so the time tells nothing about which it was.
 */
export async function verifySignature(
  secrets: readonly string[],
  rawBody: Uint8Array,
  header: string | undefined,
): Promise<boolean> {
  return (await signingSecret(secrets, rawBody, header)) !== undefined;
}

/** The index of the first of `secrets` that made the signature; undefined where none did. */
export async function signingSecret(
  secrets: readonly string[],
  rawBody: Uint8Array,
  header: string | undefined,
): Promise<number | undefined> {
  if (header === undefined || !/^sha256=[0-9a-f]{64}$/.test(header)) return undefined;
  const body = decodeExactly(rawBody);
  if (body === undefined || body === "") return undefined;
  let found: number | undefined;
  for (const [index, secret] of secrets.entries()) {
    if (secret === "") continue;
    if (await new Webhooks({ secret }).verify(body, header)) found ??= index;
  }
  return found;
}

// The library signs text. Bytes that are not UTF-8 would be replaced on the way to text and so be signed as what they
// are not, and a byte order mark would be dropped: the first are refused and the second is kept.
function decodeExactly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
