import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { tarFiles } from "../../src/github/tar.ts";

const limits = { fileBytesMax: 1_000, totalBytesMax: 1_000_000 };
let archive: Buffer;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "tar-"));
  try {
    await writeFile(join(folder, "a"), "one");
    await writeFile(join(folder, "b"), "x".repeat(512));
    await writeFile(join(folder, "c"), "");
    await writeFile(join(folder, "d"), "y".repeat(1_001));
    await writeFile(join(folder, `${"long".repeat(60)}ü`), "two");
    await symlink("a", join(folder, "z"));
    archive = execFileSync("tar", ["--format=pax", "-cf", "-", "-C", folder, "."]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function* inChunks(bytes: Buffer, length: number) {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}

async function contents(bytes: Buffer, chunkLength = bytes.length, given = limits): Promise<string[]> {
  const found: string[] = [];
  for await (const file of tarFiles(inChunks(bytes, chunkLength), given)) found.push(Buffer.from(file).toString());
  return found.sort();
}

test("tarFiles() gives regular files whatever their names, and neither links nor folders nor what is too large", async () => {
  expect(await contents(archive)).toEqual(["", "one", "two", "x".repeat(512)]);
});

test("tarFiles() gives the same however the stream is cut into chunks", async () => {
  for (const length of [1, 7, 511, 512, 513, 4_096]) expect(await contents(archive, length)).toHaveLength(4);
});

test("tarFiles() refuses what is no archive, what is damaged and what ends too early", async () => {
  await expect(contents(Buffer.alloc(1024, "no archive"))).rejects.toMatchObject({ code: "github-unavailable" });
  const damaged = Buffer.from(archive);
  damaged[10] = (damaged[10] ?? 0) ^ 1;
  await expect(contents(damaged)).rejects.toThrow("checksum");
  const first = archive.indexOf("one");
  await expect(contents(archive.subarray(0, first + 1))).rejects.toThrow("ends within a file");
});

test("tarFiles() stops at the limit of bytes altogether", async () => {
  await expect(contents(archive, 512, { ...limits, totalBytesMax: 1_024 })).rejects.toThrow("over 1024 bytes");
});
