// What check runs say in full: who reads it, and for how long it is kept.
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { reportToStore } from "../../src/workspace/full-report.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, sampleRepository, sampleScope } from "./sample.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const verdict = { conclusion: "failure", title: "2 problems" };
const report = reportToStore(verdict, { words: ["**Broken.**"] });

test("report() gives a report to whoever has the grant of its scope, and to nobody else", async () => {
  const [org, other] = [await sampleScope(store), await sampleScope(store)];
  const repository = await boundRepository(store, org);
  const place = { repositoryId: repository.id, subject: "pull:7", headSha: "a".repeat(40) };
  await store.saveReport(place, org.scope, report);
  expect(await store.report(org, place)).toEqual({
    ...place,
    ...verdict,
    repository: `${repository.owner}/${repository.name}`,
    at: expect.any(Date),
    report,
  });
  for (const granted of [other, grantOperator(globalScope), null]) {
    expect(await store.report(granted, place)).toBeUndefined();
  }
  expect(await store.report(org, { ...place, subject: "sync" })).toBeUndefined();
  await store.saveReport(place, org.scope, { ...report, title: "1 problem" });
  expect(await store.report(org, place)).toMatchObject({ title: "1 problem" });

  await store.saveReport({ ...place, subject: "commit" }, globalScope, report);
  const ofGlobal = { ...place, subject: "commit" };
  expect(await store.report(grantOperator(globalScope), ofGlobal)).toMatchObject(verdict);
  for (const granted of [org, null]) expect(await store.report(granted, ofGlobal)).toBeUndefined();

  const unbound = { ...place, repositoryId: sampleRepository().id };
  await store.saveReport(unbound, null, report);
  expect(await store.report(null, unbound)).toMatchObject({ repository: `repository ${unbound.repositoryId}` });
  for (const granted of [org, grantOperator(globalScope)]) {
    expect(await store.report(granted, unbound)).toBeUndefined();
  }
});

test("reports() lists a scope's newest first, a page at a time, and old ones are forgotten", async () => {
  const org = await sampleScope(store);
  const repository = await boundRepository(store, org);
  const save = (subject: string) =>
    store.saveReport({ repositoryId: repository.id, subject, headSha: "b" }, org.scope, report);
  for (const subject of ["pull:1", "pull:2", "sync"]) await save(subject);
  const first = await store.reports(org, { limit: 2, offset: 0 });
  expect(first).toMatchObject({ total: 3, reports: [{ subject: "sync" }, { subject: "pull:2" }] });
  expect((await store.reports(org, { limit: 2, offset: 2 })).reports).toMatchObject([{ subject: "pull:1" }]);
  await database.query("update check_reports set created_at = now() - interval '91 days' where subject = 'pull:1'");
  await save("sync");
  expect(await store.reports(org, { limit: 9, offset: 0 })).toMatchObject({ total: 2 });
});
