import { expect, test } from "vitest";
import type { Installation } from "../github/installation.ts";
import { arrived, type Scene, setScene } from "./scene.ts";

/** Lets deliveries fail, as many as asked for, and gives their GUIDs, oldest first. */
async function failing(scene: Scene, installation: Installation, times: number): Promise<string[]> {
  scene.app.webhookUrl = "http://127.0.0.1:1/nobody";
  const before = scene.emulator.deliveries.log.length;
  for (let time = 0; time < times; time += 1) await installation.acceptPermissions();
  return scene.emulator.deliveries.log.slice(before).map(({ guid }) => guid);
}

/** GUIDs of the deliveries that GitHub was asked for again. */
const redelivered = async ({ emulator }: Scene) => {
  await emulator.deliveries.settled();
  return emulator.deliveries.log.filter(({ redelivery }) => redelivery).map(({ guid }) => guid);
};

test("each failed delivery is asked for once, and again after pauses that grow", async () => {
  const scene = await setScene();
  const { installation } = await scene.known("acme");
  const guids = await failing(scene, installation, 2);
  await scene.sweep("deliveries");
  await scene.sweep("deliveries");
  expect(await redelivered(scene)).toEqual(guids);

  const pauses = async () => {
    const rows = await scene.database.query(
      "select extract(epoch from redeliver_at - now()) / 60 as minutes from failed_deliveries order by delivery_id",
    );
    return rows.map(({ minutes }) => Math.round(Number(minutes)));
  };
  expect(await pauses()).toEqual([5, 5]);
  await scene.database.query("update failed_deliveries set redeliver_at = now()");
  await scene.sweep("deliveries");
  expect(await redelivered(scene)).toEqual([...guids, ...guids]);
  expect(await pauses()).toEqual([10, 10]);
});

test("what was taken in is not asked for, whatever GitHub says of it", async () => {
  const scene = await setScene();
  const { installation } = await scene.known("acme");
  const [one, other] = await failing(scene, installation, 2);
  await scene.store.recordDelivery(arrived(one ?? ""));
  await scene.store.recordDelivery({ ...arrived(other ?? ""), state: "received" });
  await scene.sweep("deliveries");
  expect(await redelivered(scene)).toEqual([other]);
});

test("a log of several pages is read to its end, and goes on where it was cut short", async () => {
  const scene = await setScene();
  const { installation } = await scene.known("acme");
  await failing(scene, installation, 101);
  scene.asked();
  scene.emulator.faults.next({ path: "cursor=", times: 3, respond: { status: 502 } });
  await scene.sweep("deliveries");
  expect(scene.said).toMatchObject([{ code: "github-unavailable" }]);
  scene.asked();
  await scene.sweep("deliveries");
  const lists = scene.asked().filter((line) => line.startsWith("GET /app/hook/deliveries?"));
  expect(lists).toEqual([expect.stringContaining("cursor=")]);
  await scene.sweep("deliveries");
  expect(new Set(await redelivered(scene)).size).toBe(101);
});

test("the log is not read back further than the last sweep", async () => {
  const scene = await setScene();
  const { installation } = await scene.known("acme");
  await failing(scene, installation, 101);
  await scene.sweep("deliveries");
  await redelivered(scene);
  // Older than what the second sweep can still need.
  for (const delivery of scene.emulator.deliveries.log) delivery.deliveredAt = new Date(Date.now() - 20 * 60_000);
  scene.asked();
  await scene.sweep("deliveries");
  expect(scene.asked().filter((line) => line.startsWith("GET"))).toHaveLength(1);
});

test("a delivery that GitHub does not send again is forgotten", async () => {
  const scene = await setScene();
  const { installation } = await scene.known("acme");
  await failing(scene, installation, 1);
  scene.emulator.faults.next({ method: "POST", path: "/attempts", respond: { status: 404 } });
  await scene.sweep("deliveries");
  expect(await scene.database.query("select guid from failed_deliveries")).toEqual([]);
});

test("deliveries older than a week are pruned", async () => {
  const scene = await setScene();
  await scene.store.recordDelivery(arrived("old"));
  await scene.database.query("update deliveries set received_at = now() - interval '8 days'");
  await scene.store.recordDelivery(arrived("new"));
  await scene.sweep("deliveries");
  expect(await scene.database.query("select guid from deliveries")).toEqual([{ guid: "new" }]);
});
