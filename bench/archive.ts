// Archives as GitHub sends them: a gzipped tar of a folder named for the commit.
import { gzipSync } from "node:zlib";

const blockBytes = 512;

/** Packs files by path. */
export function packArchive(folder: string, files: Iterable<readonly [string, string]>): Buffer {
  const parts: Buffer[] = [];
  for (const [path, content] of files) {
    const bytes = Buffer.from(content);
    parts.push(header(`${folder}/${path}`, bytes.length), bytes, Buffer.alloc(-bytes.length & (blockBytes - 1)));
  }
  parts.push(Buffer.alloc(2 * blockBytes));
  return gzipSync(Buffer.concat(parts));
}

function header(path: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(path, 0);
  block.write("0000664\0", 100);
  block.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0", 257);
  block.write("00", 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** The least that reading an unpacked archive takes: gives the bytes of each file, without a copy. */
export function* plainTarFiles(tar: Buffer): Generator<Buffer> {
  for (let offset = 0; tar[offset] !== 0; ) {
    const sizeBytes = Number.parseInt(tar.toString("latin1", offset + 124, offset + 135), 8);
    yield tar.subarray(offset + blockBytes, offset + blockBytes + sizeBytes);
    offset += blockBytes + sizeBytes + (-sizeBytes & (blockBytes - 1));
  }
}
