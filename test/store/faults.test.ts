// What the store says when Postgres does not answer.
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import { connectStore } from "../../src/store/connect.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import { createTestDatabase } from "../support/postgres.ts";

// Port 1 is nobody's, so the connection is refused at once.
const url = "postgres://bifrost:open-sesame@127.0.0.1:1/bifrost";

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const fault = await work.catch((error: unknown) => error);
  if (!(fault instanceof Fault)) throw new Error("Expected a fault", { cause: fault });
  return fault;
}

test("an unreachable server is store-unavailable, with the address and without the password", async () => {
  const store = await connectStore({ url });
  onTestFinished(() => store.close());
  for (const fault of [
    await faultOf(store.ready()),
    await faultOf(store.repositories()),
    await faultOf(store.transaction((transaction) => transaction.grants())),
    await faultOf(migrateStore(url)),
  ]) {
    expect(fault.code).toBe("store-unavailable");
    expect(fault.message).toContain("127.0.0.1:1/bifrost");
    expect(fault.message).not.toContain("open-sesame");
  }
});

test("a connection that the server ends is store-unavailable, and the next one works", async () => {
  const database = await createTestDatabase();
  const store = await connectStore({ url: database.url, connectionsMax: 1 });
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  const fault = await faultOf(
    store.transaction(async (transaction) => {
      const { rows } = await transaction.sql.executeSql("select pg_backend_pid() as pid");
      const [{ pid }] = rows as [{ pid: number }];
      await database.query("select pg_terminate_backend($1)", [pid]);
      await transaction.grants();
    }),
  );
  expect(fault.code).toBe("store-unavailable");
  // The driver may hear of the end a moment later than the server's other clients.
  const recovers = () => expect.poll(() => store.grants().catch(() => "not yet")).toEqual([]);
  await recovers();
  // At whatever moment a connection ends, it does not stay in the pool, which here has room for one.
  for (let time = 0; time < 10; time += 1) {
    const ending = database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await Promise.allSettled([ending, store.transaction((transaction) => transaction.grants())]);
  }
  await recovers();
});

test("transaction() passes on what its work throws and keeps nothing of it", async () => {
  const database = await createTestDatabase();
  const store = await connectStore({ url: database.url });
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  const thrown = Object.assign(new Error("elsewhere"), { code: "ECONNREFUSED" });
  const working = store.transaction(async (transaction) => {
    await transaction.createOrganization("acme", "Acme", "test");
    expect(await transaction.organizations()).toHaveLength(1);
    throw thrown;
  });
  await expect(working).rejects.toBe(thrown);
  expect(await store.organizations()).toEqual([]);
});
