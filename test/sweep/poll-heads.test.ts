import { expect, test } from "vitest";
import { sampleReport } from "./reports.ts";
import { arrived, type Scene, setScene } from "./scene.ts";

/** Records that a sync looked at the present head of a repository and was refused. */
async function lookedAt(scene: Scene, repository: { readonly id: number; head(): Promise<string> }) {
  const report = sampleReport(await repository.head());
  await scene.store.recordStop(repository.id, { state: "refused", requestedScope: "acme", report });
}

test("a head that no sync has looked at queues one, and not again before ten minutes are over", async () => {
  const scene = await setScene();
  const [repository] = (await scene.known("acme")).repositories;
  if (repository === undefined) throw new Error("There is no repository");
  await lookedAt(scene, repository);
  await scene.sweep("heads");
  expect(await scene.queued("sync")).toEqual([]);

  const { sha } = await repository.push({ message: "lost", files: { "a.ts": "2" } });
  await scene.sweep("heads");
  expect(await scene.queued("sync")).toEqual([`${repository.id}`]);
  expect(await scene.store.repository(repository.id)).toMatchObject({ wantedSha: sha });
  await scene.emptyQueue();
  await scene.sweep("heads");
  expect(await scene.queued("sync")).toEqual([]);
  await scene.letMinutesPass(10);
  await scene.sweep("heads");
  expect(await scene.queued("sync")).toEqual([`${repository.id}`]);
});

test("looks are relaxed while deliveries arrive, and at each sweep where one failed or is newer than the look", async () => {
  const scene = await setScene();
  const { repositories, installation } = await scene.known("acme");
  const [repository] = repositories;
  if (repository === undefined) throw new Error("There is no repository");
  await lookedAt(scene, repository);
  const looks = async () => {
    scene.asked();
    await scene.sweep("heads");
    return scene.asked().map((line) => line.slice(-3));
  };
  expect(await looks()).toEqual(["200"]);
  expect(await looks(), "no delivery has arrived yet").toEqual(["304"]);
  await scene.store.recordDelivery(arrived("one"));
  expect(await looks(), "deliveries arrive").toEqual([]);
  await scene.letMinutesPass(10);
  expect(await looks(), "ten minutes later").toEqual(["304"]);
  await scene.store.recordDelivery(arrived("two", repository.id));
  expect(await looks(), "the repository was spoken of").toEqual(["304"]);
  expect(await looks()).toEqual([]);
  const attempt = { deliveryId: 1, event: "push", failedAt: new Date() };
  await scene.store.saveFailedDeliveries([{ ...attempt, guid: "other", installationId: 7 }], new Date());
  expect(await looks(), "a delivery to another installation failed").toEqual([]);
  await scene.store.saveFailedDeliveries([{ ...attempt, guid: "failed", installationId: installation.id }], new Date());
  expect(await looks(), "a delivery to this installation failed").toEqual(["304"]);
  await scene.database.query("delete from failed_deliveries");
  await scene.database.query("update deliveries set received_at = now() - interval '2 hours'");
  expect(await looks(), "nothing has arrived for long").toEqual(["304"]);
});

test("an unbound repository is looked at once an hour, an archived, detached or suspended one never", async () => {
  const scene = await setScene();
  const { repositories, installation } = await scene.known("acme", 3);
  const [unbound, archived, detached] = repositories;
  if (!unbound || !archived || !detached) throw new Error("There are not three repositories");
  await archived.archive();
  await scene.store.saveRepositories(await scene.github.installationRepositories(installation.id));
  await scene.store.detachRepositories([detached.id]);
  const looks = async () => {
    scene.asked();
    await scene.sweep("heads");
    return scene.asked();
  };
  expect(await looks()).toEqual(["GET /repos/acme/modules-0/git/ref/heads%2Fmain 200"]);
  await scene.letMinutesPass(30);
  expect(await looks()).toEqual([]);
  await scene.letMinutesPass(30);
  expect(await looks()).toEqual(["GET /repos/acme/modules-0/git/ref/heads%2Fmain 304"]);
  await scene.letMinutesPass(60);
  const [known] = await scene.store.installations();
  if (known === undefined) throw new Error("There is no installation");
  await scene.store.saveInstallation({ ...known, suspended: true });
  expect(await looks()).toEqual([]);
});

test("an installation at its limit is left to the next sweep, and the others are looked at", async () => {
  const scene = await setScene();
  const limited = await scene.known("limited", 6);
  const free = await scene.known("free", 6);
  scene.emulator.faults.rateLimited("/repos/limited/", new Date(Date.now() + 60_000), 6);
  await scene.sweep("heads");
  expect(await scene.queued("sync")).toEqual(free.repositories.map(({ id }) => `${id}`).toSorted());
  expect(scene.said).toMatchObject([{ installationId: limited.installation.id, code: "github-limited" }]);
  const asked = scene.asked().filter((line) => line.includes("/repos/limited/"));
  expect(asked.length, "no more than were under way").toBeLessThanOrEqual(4);
});

test("a repository that GitHub refuses keeps no other waiting, and many refusals end the look", async () => {
  const scene = await setScene();
  const { repositories } = await scene.known("acme", 6);
  const refused = { status: 403, body: { message: "Repository access blocked" } };
  scene.emulator.faults.next({ path: "/modules-0/", respond: refused });
  await scene.sweep("heads");
  expect(await scene.queued("sync")).toHaveLength(repositories.length - 1);

  await scene.known("closed", 20);
  scene.emulator.faults.next({ path: "/repos/closed/", times: 20, respond: refused });
  scene.asked();
  await scene.sweep("heads");
  // Up to four are under way when the fourth is refused.
  expect(scene.asked().length).toBeLessThanOrEqual(7);
  expect(scene.said).toMatchObject([{ code: "github-rejected" }]);
});

test("an installation that is suspended or gone is compared with GitHub", async () => {
  const scene = await setScene();
  const asleep = await scene.known("asleep", 2);
  const gone = await scene.known("gone", 2);
  await asleep.installation.suspend();
  await gone.installation.uninstall();
  await scene.sweep("heads");
  const expected = [asleep, gone].map(({ installation }) => `difference ${installation.id}`);
  expect(await scene.queued("sweep")).toEqual(expected.toSorted());
});

test("of an installation with many repositories those come first that wait longest", async () => {
  const scene = await setScene();
  const many = await scene.known("many", 4);
  const few = await scene.known("few", 1);
  const intervals = { relaxedMs: 0, unboundMs: 0, healthyMs: 0, perInstallationMax: 2 };
  const seen: number[] = [];
  for (const time of [1, 2]) {
    const due = await scene.store.dueHeads({ ...intervals, now: new Date() });
    seen.push(...due.map(({ repository }) => repository.id));
    const polledAt = new Date(Date.now() - 60_000 + time);
    const looked = { sha: null, etag: null, queuedAt: null, polledAt };
    await scene.store.saveHeads(due.map(({ repository }) => ({ repositoryId: repository.id, ...looked })));
  }
  const [only] = few.repositories;
  expect(seen.toSorted()).toEqual([...many.repositories, ...few.repositories, only].map((one) => one?.id).toSorted());
});
