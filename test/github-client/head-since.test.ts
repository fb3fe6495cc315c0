import { expect, test } from "vitest";
import { asked, setScene } from "./scene.ts";

test("headSince() gives a branch's head with a mark, and with the mark only what has changed since", async () => {
  const scene = await setScene({ "a.ts": "1" });
  const { repository, address, client, emulator, installation } = scene;
  const first = await client.headSince(address, "main", null);
  if (first.kind !== "head") throw new Error("The first answer is no head");
  expect(first.sha).toBe(await repository.head());

  const allowance = () => emulator.rateLimits.of(`installation ${installation.id}`).remaining;
  const before = allowance();
  expect(await client.headSince(address, "main", first.etag)).toEqual({ kind: "unchanged" });
  expect(allowance()).toBe(before);

  const { sha } = await repository.push({ message: "on", files: { "a.ts": "2" } });
  expect(await client.headSince(address, "main", first.etag)).toMatchObject({ kind: "head", sha });
});

test("headSince() gives no head where there is no such branch, commit or repository to be seen", async () => {
  const empty = await setScene();
  const none = { kind: "head", sha: null, etag: null };
  expect(await empty.client.headSince(empty.address, "main", null)).toEqual(none);
  const { address, client } = await setScene({ "a.ts": "1" });
  expect(await client.headSince(address, "gone", 'W/"mark"')).toEqual(none);
  expect(await client.headSince({ ...address, name: "gone" }, "main", null)).toEqual(none);
});

test("headSince() asks about all repositories of an installation with one token", async () => {
  const scene = await setScene({ "a.ts": "1" });
  const second = await scene.repository.owner.createRepository("second", { files: { "a.ts": "1" } });
  await scene.client.headSince(scene.address, "main", null);
  await scene.client.headSince({ ...scene.address, id: second.id, name: "second" }, "main", null);
  expect(asked(scene)).toEqual([
    "GET /repos/acme/modules/git/ref/heads%2Fmain",
    "GET /repos/acme/second/git/ref/heads%2Fmain",
  ]);
  expect(scene.emulator.requests.filter(({ path }) => path.endsWith("/access_tokens"))).toHaveLength(1);
});

test("headSince() says that the installation is suspended, or gone", async () => {
  const { installation, address, client } = await setScene({ "a.ts": "1" });
  await installation.suspend();
  await expect(client.headSince(address, "main", null)).rejects.toMatchObject({ code: "installation-suspended" });
  await installation.uninstall();
  await expect(client.headSince(address, "main", null)).rejects.toMatchObject({ code: "installation-removed" });
});
