import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { asked, type Scene, setScene } from "./scene.ts";

const oddBytes = Buffer.from([0xef, 0xbb, 0xbf, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x80]);

function gitSha(content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function manyFiles(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, number) => [`lib/m${number}.ts`, `export const n = ${number};`]),
  );
}

const blobRequests = (scene: Scene) => asked(scene).filter((line) => line.includes("/git/blobs/"));

test("blob() gives bytes as they are, also what is not text and what is empty", async () => {
  const { address, client } = await setScene({ "odd.bin": oddBytes, "empty.ts": "" });
  expect(Buffer.from(await client.blob(address, gitSha(oddBytes)))).toEqual(oddBytes);
  expect(await client.blob(address, gitSha(""))).toHaveLength(0);
});

test("blob() asks again in another encoding where the raw bytes are not what the id stands for", async () => {
  const scene = await setScene({ "a.ts": "one" });
  scene.emulator.faults.next({ path: "/git/blobs/", respond: { status: 200, body: "two" } });
  expect(Buffer.from(await scene.client.blob(scene.address, gitSha("one"))).toString()).toBe("one");
  expect(blobRequests(scene)).toHaveLength(2);
});

test("blob() throws rather than give other bytes than the id stands for", async () => {
  const { emulator, address, client } = await setScene({ "a.ts": "one" });
  emulator.faults.next({ path: "/git/blobs/", respond: { status: 200, body: "two" } });
  const content = Buffer.from("two").toString("base64");
  emulator.faults.next({ path: "/git/blobs/", respond: { status: 200, body: { content, encoding: "base64" } } });
  await expect(client.blob(address, gitSha("one"))).rejects.toMatchObject({ code: "content-mismatch" });
});

test("blobs() gives a few one by one and asks for the same blob once", async () => {
  const scene = await setScene({ "a.ts": "one", "b.ts": "two", "c.ts": "one" });
  const found = await scene.client.blobs(scene.address, [gitSha("one"), gitSha("two"), gitSha("one")]);
  expect([...found].map(([sha, bytes]) => [sha, Buffer.from(bytes).toString()]).sort()).toEqual(
    [
      [gitSha("one"), "one"],
      [gitSha("two"), "two"],
    ].sort(),
  );
  expect(blobRequests(scene)).toHaveLength(2);
});

test("blobs() throws where one of them cannot be had", async () => {
  const { address, client } = await setScene({ "a.ts": "one" });
  await expect(client.blobs(address, [gitSha("one"), "0".repeat(40)])).rejects.toMatchObject({ code: "github-behind" });
});

test("blobs() takes many of one commit out of a single archive", async () => {
  const files = manyFiles(120);
  const scene = await setScene({ ...files, "odd.bin": oddBytes, "empty.ts": "" });
  const wanted = [...Object.values(files).map(gitSha), gitSha(oddBytes), gitSha("")];
  const counts: number[] = [];
  const found = await scene.client.blobs(scene.address, wanted, await scene.repository.head(), (count) => {
    counts.push(count);
  });
  expect([...found.keys()].sort()).toEqual(wanted.sort());
  expect(counts).toEqual([...wanted.keys()].map((index) => index + 1));
  for (const [sha, bytes] of found) expect(gitSha(bytes)).toBe(sha);
  expect(blobRequests(scene)).toEqual([]);
  expect(asked(scene).filter((line) => line.includes("/tarball/"))).toHaveLength(1);
});

test("blobs() asks for what an archive leaves out or rewrites", async () => {
  const files = { ...manyFiles(60), "lib/version.ts": 'export const commit = "$Format:%H$";' };
  const attributes = "lib/m1.ts export-ignore\nlib/version.ts export-subst\n";
  const scene = await setScene({ ...files, ".gitattributes": attributes });
  const wanted = Object.values(files).map(gitSha);
  const found = await scene.client.blobs(scene.address, wanted, await scene.repository.head());
  expect(found.size).toBe(61);
  expect(blobRequests(scene)).toHaveLength(2);
});

test("blobs() asks one by one where the archive cannot be had, ten at a time", async () => {
  const files = manyFiles(60);
  const scene = await setScene(files);
  scene.emulator.faults.next({ path: "/tarball/", respond: { status: 404, body: { message: "Not Found" } } });
  const found = await scene.client.blobs(
    scene.address,
    Object.values(files).map(gitSha),
    await scene.repository.head(),
  );
  expect(found.size).toBe(60);
  expect(blobRequests(scene)).toHaveLength(60);
});

test("blobs() never fetches an archive from a host that is not GitHub's", async () => {
  const files = manyFiles(60);
  const scene = await setScene(files);
  const elsewhere = await setScene();
  const location = `${elsewhere.emulator.serverUrl}/archive`;
  scene.emulator.faults.next({ path: "/tarball/", respond: { status: 302, headers: { location } } });
  const found = await scene.client.blobs(
    scene.address,
    Object.values(files).map(gitSha),
    await scene.repository.head(),
  );
  expect(found.size).toBe(60);
  expect(elsewhere.emulator.requests).toEqual([]);
});

test("commitBlobs() takes one blob and then many out of one archive", async () => {
  const files = { ".github/bifrost.yml": "scope: acme", ...manyFiles(60) };
  const scene = await setScene(files);
  await using blobs = scene.client.commitBlobs(scene.address, await scene.repository.head(), 60);
  const manifest = await blobs.blob(scene.address, gitSha("scope: acme"));
  expect(Buffer.from(manifest).toString()).toBe("scope: acme");
  const wanted = Object.values(files).map(gitSha);
  expect([...(await blobs.blobs(scene.address, wanted)).keys()].sort()).toEqual(wanted.sort());
  expect(blobRequests(scene)).toEqual([]);
  expect(asked(scene).filter((line) => line.includes("/tarball/"))).toHaveLength(1);
});

test("commitBlobs() asks for a blob by itself where few are expected or the archive lacks it", async () => {
  const scene = await setScene({ ".gitattributes": "one.ts export-ignore", "one.ts": "one", "two.ts": "two" });
  const head = await scene.repository.head();
  await using few = scene.client.commitBlobs(scene.address, head, 1);
  await few.blob(scene.address, gitSha("two"));
  expect(asked(scene).filter((line) => line.includes("/tarball/"))).toEqual([]);
  await using many = scene.client.commitBlobs(scene.address, head, 1000);
  expect(Buffer.from(await many.blob(scene.address, gitSha("one"))).toString()).toBe("one");
  expect(blobRequests(scene)).toHaveLength(2);
});

test("commitBlobs() asks file by file where the archive cannot be had", async () => {
  const files = manyFiles(60);
  const scene = await setScene(files);
  scene.emulator.faults.next({ path: "/tarball/", respond: { status: 404, body: { message: "Not Found" } } });
  await using blobs = scene.client.commitBlobs(scene.address, await scene.repository.head(), 60);
  const wanted = Object.values(files).map(gitSha);
  await blobs.blob(scene.address, wanted[0] ?? "");
  expect((await blobs.blobs(scene.address, wanted)).size).toBe(60);
  expect(blobRequests(scene)).toHaveLength(61);
});

test.each([
  ["is no archive", { status: 200, body: { message: "Hello" } }],
  ["breaks off", "reset" as const],
])("blobs() asks one by one where the download %s", async (_, respond) => {
  const files = manyFiles(60);
  const scene = await setScene(files);
  scene.emulator.faults.next({ path: "/codeload/", respond });
  const found = await scene.client.blobs(
    scene.address,
    Object.values(files).map(gitSha),
    await scene.repository.head(),
  );
  expect(found.size).toBe(60);
  expect(blobRequests(scene)).toHaveLength(60);
});

test("blobs() asks for no thousands one by one: it says why they cannot be had at once", async () => {
  const files = manyFiles(4001);
  const scene = await setScene({ ...files, ".gitattributes": "lib/** export-ignore\n" });
  const { address, client, emulator, repository } = scene;
  const read = async () => client.blobs(address, Object.values(files).map(gitSha), await repository.head());
  await expect(read()).rejects.toMatchObject({
    code: "github-rejected",
    message: expect.stringContaining("4001 files of acme/modules"),
    remedy: expect.stringContaining("export-ignore"),
  });
  emulator.faults.next({ path: "/tarball/", times: 3, respond: { status: 502 } });
  await expect(read()).rejects.toMatchObject({ code: "github-unavailable" });
  expect(blobRequests(scene)).toEqual([]);
});
