import { expect, test } from "vitest";
import { setScene } from "./scene.ts";

test("failedDeliveries() gives failed attempts alone, newest first, and leads from page to page", async () => {
  const { app, installation, client, emulator } = await setScene();
  app.webhookUrl = "http://127.0.0.1:1/nobody";
  for (let time = 0; time < 102; time += 1) await installation.acceptPermissions();
  const [oldest, succeeded, ...failed] = emulator.deliveries.log;
  if (!oldest || !succeeded) throw new Error("Nothing was delivered");
  succeeded.statusCode = 202;
  const first = await client.failedDeliveries(undefined);
  const newest = failed.at(-1);
  expect(first.attempts.map(({ guid }) => guid)).toEqual(failed.map(({ guid }) => guid).toReversed());
  expect(first.attempts[0]).toEqual({
    guid: newest?.guid,
    deliveryId: newest?.id,
    event: "installation",
    installationId: installation.id,
    failedAt: expect.any(Date),
  });
  expect(first.nextCursor).toBeDefined();
  const second = await client.failedDeliveries(first.nextCursor);
  expect(second).toMatchObject({ attempts: [{ guid: oldest.guid }], nextCursor: undefined });
});

test("redeliver() has a delivery sent again under its GUID, and says where GitHub will not", async () => {
  const { app, installation, client, emulator } = await setScene();
  app.webhookUrl = "http://127.0.0.1:1/nobody";
  await installation.acceptPermissions();
  const [delivery] = emulator.deliveries.log;
  expect(await client.redeliver(delivery?.id ?? 0)).toBe(true);
  await emulator.deliveries.settled();
  expect(emulator.deliveries.log).toMatchObject([{}, { guid: delivery?.guid, redelivery: true }]);
  expect(await client.redeliver(1)).toBe(false);
});
