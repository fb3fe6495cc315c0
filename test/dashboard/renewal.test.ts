import { beforeAll, expect, test } from "vitest";
import { createRenewal, isAboutToEnd, sessionOf } from "../../src/dashboard/access/renewal.ts";
import { createSessions, type Session } from "../../src/dashboard/access/session.ts";
import { Fault } from "../../src/errors.ts";
import type { UserTokens } from "../../src/github/user-tokens.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

let store: Store;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  return async () => {
    await store.close();
    await database.drop();
  };
});

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
const tokens = (name: string, lifeSeconds: number): UserTokens => ({
  token: `token ${name}`,
  expiresAt: inSeconds(lifeSeconds),
  refreshToken: `refresh ${name}`,
  refreshExpiresAt: inSeconds(10_000),
});
const session = (name: string, lifeSeconds = 60): Session =>
  sessionOf(tokens(name, lifeSeconds), { id: `session of ${name}`, userId: 7, login: "mona" });

/** Processes that share a database and a secret, before one GitHub that takes each refresh token once. */
function processes(count: number) {
  const used: string[] = [];
  const gate = Promise.withResolvers<void>();
  const users = {
    refresh: async (refreshToken: string) => {
      used.push(refreshToken);
      await gate.promise;
      if (used.filter((one) => one === refreshToken).length > 1) {
        throw new Fault("user-token-refused", "GitHub does not take this sign-in any more");
      }
      return tokens(`after ${refreshToken}`, 28_800);
    },
  };
  const sessions = createSessions("a secret of all processes");
  return { used, gate, renewals: Array.from({ length: count }, () => createRenewal({ store, users, sessions })) };
}

test("of all requests that renew a session at once, in any process, one asks GitHub and all are given its answer", async () => {
  const { used, gate, renewals } = processes(3);
  const old = session("parallel");
  const all = Promise.all([...renewals, ...renewals].map((renewal) => renewal.of(old)));
  gate.resolve();
  const renewed = await all;
  expect(used).toEqual(["refresh parallel"]);
  expect(new Set(renewed.map((one) => one?.token))).toEqual(new Set(["token after refresh parallel"]));
  expect(renewed[0]).toMatchObject({ id: old.id, login: "mona" });
  // Whoever comes later with the old cookie, such as a tab that was asleep.
  expect((await createRenewal({ ...deps(), store }).of(old))?.token).toBe("token after refresh parallel");
});

test("what the database keeps of a renewal is sealed", async () => {
  const { gate, renewals } = processes(1);
  gate.resolve();
  await renewals[0]?.of(session("secret"));
  const rows = await database.query("select successor from session_renewals where successor is not null");
  expect(rows.length).toBeGreaterThan(0);
  for (const { successor } of rows) expect(Buffer.from(`${successor}`, "base64url").toString()).not.toContain("token");
});

test("a renewal that its owner's sign-out overtakes gives no session", async () => {
  const { used, gate, renewals } = processes(1);
  const old = session("overtaken");
  const renewed = renewals[0]?.of(old);
  await expect.poll(() => used).toEqual(["refresh overtaken"]);
  await renewals[0]?.end(old);
  gate.resolve();
  expect(await renewed).toBeUndefined();
});

test("a sign-in that was ended cannot be renewed by whoever kept its cookie", async () => {
  const { used, gate, renewals } = processes(1);
  gate.resolve();
  const old = session("ended");
  await renewals[0]?.end(old);
  expect(await renewals[0]?.of(old)).toBeUndefined();
  expect(used).toEqual([]);
});

test("a sign-out from a page older than the last renewals ends what came of it too", async () => {
  const { used, gate, renewals } = processes(2);
  gate.resolve();
  const old = session("older");
  const newer = (await renewals[0]?.of(old)) as Session;
  const newest = (await renewals[0]?.of(newer)) as Session;
  expect((await renewals[1]?.end(old))?.map(({ token }) => token)).toEqual([old.token, newer.token, newest.token]);
  const asked = used.length;
  for (const one of [old, newer, newest]) expect(await renewals[0]?.of(one)).toBeUndefined();
  expect(used).toHaveLength(asked);
});

test("a sign-out ends a sign-in also where nobody remembers how it was renewed", async () => {
  const { used, gate, renewals } = processes(1);
  gate.resolve();
  const old = session("forgotten");
  const newer = (await renewals[0]?.of(old)) as Session;
  // As after a week.
  await database.query("delete from session_renewals");
  await renewals[0]?.end(old);
  const asked = used.length;
  expect(await renewals[0]?.of(newer)).toBeUndefined();
  expect(used).toHaveLength(asked);
  // Somebody else's is theirs.
  expect(await renewals[0]?.of(session("somebody else"))).toBeDefined();
});

test("a refresh token that GitHub does not take ends the session, and an outage does not", async () => {
  const refuse = { refresh: async () => Promise.reject(new Fault("user-token-refused", "no")) };
  const away = { refresh: async () => Promise.reject(new Fault("github-unavailable", "away")) };
  const { sessions } = deps();
  expect(await createRenewal({ store, sessions, users: refuse }).of(session("refused"))).toBeUndefined();
  const stillGood = session("away");
  expect(await createRenewal({ store, sessions, users: away }).of(stillGood)).toBe(stillGood);
  await expect(createRenewal({ store, sessions, users: away }).of(session("away too", -1))).rejects.toThrow("away");
  // The claim was given back: the next request need not wait for it.
  const { gate, renewals } = processes(1);
  gate.resolve();
  expect((await renewals[0]?.of(session("away too", -1)))?.token).toBe("token after refresh away too");
});

test("isAboutToEnd() says so minutes before, and never of a token without an end", () => {
  expect(isAboutToEnd(session("soon", 200), new Date())).toBe(true);
  expect(isAboutToEnd(session("later", 1_000), new Date())).toBe(false);
  expect(isAboutToEnd({ ...session("lasting"), tokenExpiresAt: null }, new Date())).toBe(false);
});

function deps() {
  const users = { refresh: async (): Promise<never> => Promise.reject(new Error("not asked")) };
  return { users, sessions: createSessions("a secret of all processes") };
}
