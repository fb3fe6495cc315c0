import { expect, test } from "vitest";
import { asked, setScene } from "./scene.ts";

test("installations() gives every account with the app installed, page after page", async () => {
  const { emulator, app, installation, client } = await setScene();
  for (let number = 0; number < 100; number += 1) await app.install(emulator.createAccount(`account-${number}`));
  await installation.suspend();
  const found = await client.installations();
  expect(found).toHaveLength(101);
  expect(found.find(({ id }) => id === installation.id)).toEqual({
    id: installation.id,
    accountId: installation.account.id,
    accountLogin: "acme",
    accountType: "Organization",
    suspended: true,
  });
});

test("installationRepositories() gives every repository that the installation reaches, page after page", async () => {
  const { emulator, installation, repository, client } = await setScene();
  const more = { id: 7, name: "more", default_branch: "main", private: false, archived: true };
  const next = `${emulator.apiUrl}/installation/repositories?per_page=100&page=1`;
  emulator.faults.next({
    path: "/installation/repositories",
    respond: {
      status: 200,
      headers: { link: `<${next}>; rel="next"` },
      body: { total_count: 2, repositories: [{ ...more, owner: { id: 8, login: "acme" } }] },
    },
  });
  const found = await client.installationRepositories(installation.id);
  expect(found.map(({ id }) => id)).toEqual([7, repository.id]);
  expect(found.find(({ id }) => id === repository.id)).toEqual({
    id: repository.id,
    installationId: installation.id,
    accountId: repository.owner.id,
    owner: "acme",
    name: "modules",
    defaultBranch: "main",
    private: true,
    archived: false,
  });
});

test("repository() finds a repository under the name that it bears now", async () => {
  const { repository, address, client } = await setScene({ "a.ts": "" });
  await repository.rename("renamed");
  expect(await client.repository(address)).toMatchObject({ id: repository.id, owner: "acme", name: "renamed" });
});

test("repository() does not take another repository for its own because it took over the name", async () => {
  const { repository, address, client } = await setScene();
  await repository.rename("renamed");
  const successor = await repository.owner.createRepository("modules");
  await successor.makePublic();
  expect(await client.repository(address)).toMatchObject({ id: repository.id, name: "renamed" });
});

test("repository() gives nothing where the app cannot see the repository any more", async () => {
  const scene = await setScene();
  const { installation, repository, address, client } = scene;
  await repository.owner.createRepository("other");
  expect(await client.repository(address)).toBeDefined();
  await installation.removeRepositories([repository]);
  expect(await client.repository(address)).toBeUndefined();
  await installation.uninstall();
  expect(await client.repository(address)).toBeUndefined();
});

test("repository() gives nothing where the repository was deleted or given away", async () => {
  const { emulator, repository, address, client } = await setScene();
  await repository.transfer(emulator.createAccount("elsewhere"));
  expect(await client.repository(address)).toBeUndefined();
});

test("repository() says that the installation is suspended, and who can lift it", async () => {
  const { installation, address, client } = await setScene();
  await installation.suspend();
  await expect(client.repository(address)).rejects.toMatchObject({
    code: "installation-suspended",
    message: expect.stringContaining("suspended"),
    remedy: expect.stringContaining(`installation ${installation.id}`),
  });
});

test("repository() asks with a token for this repository alone, minted once", async () => {
  const scene = await setScene();
  await scene.client.repository(scene.address);
  await scene.client.repository(scene.address);
  expect(asked(scene)).toEqual(["GET /repos/acme/modules", "GET /repos/acme/modules"]);
  const minted = scene.emulator.requests.filter((request) => request.path.endsWith("/access_tokens"));
  expect(minted).toHaveLength(1);
});

test("installationRepositories() never follows a next page to another host", async () => {
  const { emulator, installation, client } = await setScene();
  const elsewhere = await setScene();
  const link = `<${elsewhere.emulator.apiUrl}/installation/repositories?page=2>; rel="next"`;
  const body = { total_count: 2, repositories: [] };
  emulator.faults.next({ path: "/installation/repositories", respond: { status: 200, headers: { link }, body } });
  await expect(client.installationRepositories(installation.id)).rejects.toMatchObject({ code: "github-rejected" });
  expect(elsewhere.emulator.requests).toEqual([]);
});
