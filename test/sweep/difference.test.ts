import { expect, test } from "vitest";
import { setScene } from "./scene.ts";

test("where nothing differs nothing is queued", async () => {
  const scene = await setScene();
  await scene.known("acme", 2);
  await scene.sweep("difference");
  expect([...(await scene.queued("sync")), ...(await scene.queued("discover"))]).toEqual([]);
  expect(scene.said).toEqual([]);
});

test("what came is recorded and queued, what changed is queued, and what went is detached", async () => {
  const scene = await setScene();
  const { account, installation, repositories } = await scene.known("acme", 3);
  const [renamed, removed, archived] = repositories;
  if (!renamed || !removed || !archived) throw new Error("There are not three repositories");
  await renamed.rename("renamed");
  await archived.archive();
  await installation.removeRepositories([removed]);
  const added = await account.createRepository("added", { files: { "a.ts": "1" } });
  await installation.addRepositories([added]);
  await scene.sweep("difference");
  expect(await scene.queued("sync")).toEqual([`${renamed.id}`, `${added.id}`].toSorted());
  expect(await scene.store.repository(renamed.id)).toMatchObject({ name: "renamed" });
  expect(await scene.store.repository(archived.id)).toMatchObject({ archived: true });
  expect(await scene.store.repository(removed.id)).toMatchObject({ state: "detached" });
  expect(await scene.store.repository(added.id)).toMatchObject({ name: "added", installationId: installation.id });

  await scene.emptyQueue();
  await installation.addRepositories([removed]);
  await scene.sweep("difference", installation.id);
  expect(await scene.queued("sync")).toEqual([`${removed.id}`]);
});

test("installations are recorded, marked and removed as GitHub has them", async () => {
  const scene = await setScene();
  const [asleep, gone] = [await scene.known("asleep"), await scene.known("gone")];
  const fresh = await scene.app.install(scene.emulator.createAccount("fresh"));
  await asleep.installation.suspend();
  await gone.installation.uninstall();
  await scene.sweep("difference");
  expect(await scene.queued("discover")).toEqual([`${fresh.id}`]);
  expect(await scene.store.installations()).toMatchObject([
    { accountLogin: "asleep", suspended: true },
    { accountLogin: "fresh", suspended: false },
  ]);
  const [repository] = gone.repositories;
  expect(await scene.store.repository(repository?.id ?? 0)).toMatchObject({ state: "detached" });

  await asleep.installation.unsuspend();
  await scene.sweep("difference", asleep.installation.id);
  expect(await scene.queued("discover")).toEqual([`${asleep.installation.id}`, `${fresh.id}`].toSorted());
});

test("a repository whose installation was never recorded is detached where GitHub has none", async () => {
  const scene = await setScene();
  const { installation, repositories } = await scene.known("acme");
  await scene.database.query("delete from installations");
  await installation.uninstall();
  await scene.sweep("difference");
  const [repository] = repositories;
  expect(await scene.store.repository(repository?.id ?? 0)).toMatchObject({ state: "detached" });
});

test("an installation that GitHub does not list now keeps none of the others waiting", async () => {
  const scene = await setScene();
  const limited = await scene.known("limited");
  const other = await scene.known("other");
  await limited.repositories[0]?.rename("renamed");
  await other.repositories[0]?.rename("renamed");
  // One of the two lists meets it, whichever comes first.
  scene.emulator.faults.secondaryRateLimited("/installation/repositories", 60);
  await scene.sweep("difference");
  expect(await scene.queued("sync")).toHaveLength(1);
  expect(scene.said).toMatchObject([{ code: "github-limited" }]);
});

test("an app key that is not the app's detaches nothing", async () => {
  const scene = await setScene();
  const { repositories } = await scene.known("acme");
  scene.emulator.faults.next({
    path: "/app/installations",
    respond: { status: 404, body: { message: "Integration not found" } },
  });
  await scene.sweep("difference");
  expect(scene.said).toMatchObject([{ code: "github-rejected" }]);
  expect(await scene.store.repository(repositories[0]?.id ?? 0)).toMatchObject({ state: "unbound" });
});
