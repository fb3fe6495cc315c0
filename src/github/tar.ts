// Reads the regular files out of a tar stream, in memory. Names are never looked at and nothing is ever written to
// disk, so an archive has no way to place a file; what a file is, its hash says.
import { Fault } from "../errors.ts";

const blockBytes = 512;

export interface TarLimits {
  /** Larger files are passed over without being held. */
  readonly fileBytesMax: number;
  /** More than this altogether ends the reading with a fault: a small archive can unpack to anything. */
  readonly totalBytesMax: number;
}

/** Gives the bytes of every regular file of an unpacked tar stream, one after the other. */
export async function* tarFiles(
  chunks: AsyncIterable<Uint8Array>,
  limits: TarLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new Blocks(chunks, limits.totalBytesMax);
  for (;;) {
    const header = await source.take(blockBytes);
    // Two empty blocks end an archive; one is enough to know.
    if (header === undefined || header.every((byte) => byte === 0)) return;
    const entry = readHeader(header);
    const padding = (blockBytes - (entry.sizeBytes % blockBytes)) % blockBytes;
    if (entry.isFile && entry.sizeBytes <= limits.fileBytesMax) {
      const bytes = await source.take(entry.sizeBytes);
      if (bytes === undefined) throw damaged("it ends within a file");
      yield bytes;
      await source.skip(padding);
    } else {
      await source.skip(entry.sizeBytes + padding);
    }
  }
}

function readHeader(header: Uint8Array): { readonly sizeBytes: number; readonly isFile: boolean } {
  const text = Buffer.from(header.buffer, header.byteOffset, blockBytes).toString("latin1");
  const octal = (start: number, end: number) => Number.parseInt(text.slice(start, end).replaceAll("\0", " ").trim(), 8);
  // The checksum counts its own eight bytes as spaces.
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (octal(148, 156) !== sum) throw damaged("a header's checksum is wrong");
  const sizeBytes = octal(124, 136);
  if (!Number.isSafeInteger(sizeBytes)) throw damaged("a file's size cannot be read");
  const type = text[156];
  return { sizeBytes, isFile: type === "0" || type === "\0" };
}

function damaged(why: string): Fault {
  return new Fault("github-unavailable", `Cannot read the archive that GitHub sent: ${why}`);
}

/** Hands out a stream of chunks in pieces of wanted lengths. */
class Blocks {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #bytesMax: number;
  #rest: Uint8Array = new Uint8Array(0);
  #bytesSeen = 0;

  constructor(chunks: AsyncIterable<Uint8Array>, bytesMax: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#bytesMax = bytesMax;
  }

  /** The next bytes, or `undefined` where the stream ended before all of them came. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const taken = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#rest.length === 0 && !(await this.#pull())) return undefined;
      const part = this.#rest.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return taken;
  }

  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#pull())) return;
      const part = Math.min(left, this.#rest.length);
      this.#rest = this.#rest.subarray(part);
      left -= part;
    }
  }

  async #pull(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.#bytesSeen += next.value.length;
    if (this.#bytesSeen > this.#bytesMax) throw damaged(`it unpacks to over ${this.#bytesMax} bytes`);
    this.#rest = next.value;
    return true;
  }
}
