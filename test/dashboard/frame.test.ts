import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createSessions } from "../../src/dashboard/access/session.ts";
import { html } from "../../src/dashboard/parts/html.ts";
import {
  type DashboardRoute,
  nothingAt,
  operatorData,
  operatorPage,
  publicPage,
  scopeChange,
  scopeData,
  scopePage,
  scopeStream,
  viewerData,
} from "../../src/dashboard/route.ts";
import { Fault } from "../../src/errors.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { scopeOf } from "../../src/workspace/scope.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { dashboardSecret, type Person, serveDashboard } from "./serve.ts";

const api = { summary: "A test", answer: z.object({}) };
const page = async () => ({ title: "A page", body: html`<h1>A page about ${"<things>"}</h1>` });

/** One route of each kind that tells who may come. */
const table: readonly DashboardRoute[] = [
  scopePage("/scopes/:scope", page),
  scopePage("/scopes/:scope/broken", async () => {
    throw new Fault("unknown-revision", "Revision 7 is not there");
  }),
  scopeData("/api/v1/scopes/:scope", api, async (_edges, { access }) => ({ body: { slug: access.slug } })),
  scopeStream("/scopes/:scope/events", async () =>
    (async function* () {
      yield { event: "step", data: { done: 1 } };
    })(),
  ),
  scopeChange("/scopes/:scope/change", async (_edges, { access, by }) => ({
    goTo: `/scopes/${access.slug}`,
    notice: `${by} changed it`,
  })),
  viewerData("/api/v1/me", api, async (_edges, { viewer }) => ({
    body: { login: viewer.login },
    headers: { link: '</api/v1/me?page=2>; rel="next"' },
  })),
  publicPage("/about", async (_edges, { viewer }) => ({
    title: "About",
    body: html`<h1>About, to ${viewer?.login ?? "anybody"}</h1>`,
  })),
  operatorPage("/audit", page),
  operatorData("/api/v1/audit", api, async () => ({ body: { records: [] } })),
  nothingAt("data", "/api/v1/*"),
  nothingAt("page", "/*"),
];

let store: Store;
let admin: Person;
let reader: Person;
const outsider: Person = { id: 3, login: "outsider", repositories: [] };
const operator: Person = { id: 4, login: "Operator", repositories: [] };

beforeAll(async () => {
  const database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  for (const [id, slug] of [
    [11, "acme"],
    [12, "globex"],
  ] as const) {
    const scope = scopeOf(await store.createOrganization(slug, slug.toUpperCase(), "test"));
    await store.saveInstallation({
      id,
      accountId: id,
      accountLogin: slug,
      accountType: "Organization",
      suspended: false,
    });
    await store.saveRepositories([
      {
        id,
        installationId: id,
        accountId: id,
        owner: slug,
        name: "modules",
        defaultBranch: "main",
        private: true,
        archived: false,
      },
    ]);
    await store.addGrant({ scope, kind: "repository", repositoryId: id }, "test");
    await store.bindRepository(id, grantOperator(scope), { by: "test", commit: "c0ffee" });
  }
  admin = { id: 1, login: "admin", repositories: [{ id: 11, isAdmin: true }] };
  reader = {
    id: 2,
    login: "reader",
    repositories: [
      { id: 11, isAdmin: false },
      { id: 99, isAdmin: true },
    ],
  };
  return async () => {
    await store.close();
    await database.drop();
  };
});

test("whoever has not signed in is led to do it, and comes back to the page", async () => {
  const { get, post } = await serveDashboard(store, table);
  for (const path of ["/scopes/acme", "/scopes/nobody", "/nothing"]) {
    const answer = await get(`${path}?q=1`);
    expect([answer.status, answer.headers.get("location")]).toEqual([
      302,
      `/login?return=${encodeURIComponent(`${path}?q=1`)}`,
    ]);
  }
  const sent = await post("/scopes/acme/change", undefined);
  expect([sent.status, sent.headers.get("location")]).toEqual([302, "/login"]);
  const data = await Promise.all(["acme", "nobody"].map((slug) => get(`/api/v1/scopes/${slug}`)));
  expect(data.map(({ status }) => status)).toEqual([401, 401]);
});

test("a page is escaped, and carries the headers that keep others out", async () => {
  const { get } = await serveDashboard(store, table);
  const answer = await get("/scopes/acme", reader);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain("A page about &lt;things&gt;");
  const policy = answer.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("what a viewer may not see is, byte for byte, what is not there", async () => {
  const { get, post } = await serveDashboard(store, table);
  const bytesOf = async (asked: Promise<Response>) => {
    const answer = await asked;
    return { status: answer.status, body: await answer.text() };
  };
  const nothing = await bytesOf(get("/nothing", reader));
  expect(nothing.status).toBe(404);
  expect(await bytesOf(get("/scopes/globex", reader))).toEqual(nothing);
  expect(await bytesOf(get("/scopes/nobody", reader))).toEqual(nothing);
  expect(await bytesOf(get("/audit", reader))).toEqual(nothing);
  expect(await bytesOf(post("/scopes/globex/change", reader))).toEqual(nothing);
  expect(await bytesOf(post("/scopes/acme/change", reader))).toEqual(nothing);
  const noData = await bytesOf(get("/api/v1/nothing", reader));
  expect(noData.status).toBe(404);
  expect(await bytesOf(get("/api/v1/scopes/globex", reader))).toEqual(noData);
  expect(await bytesOf(get("/api/v1/audit", reader))).toEqual(noData);
  expect(await bytesOf(get("/scopes/globex/events", reader))).toEqual(noData);
  expect(await bytesOf(get("/scopes/acme", outsider))).toEqual(await bytesOf(get("/nothing", outsider)));
});

test("an operator sees and changes everything", async () => {
  const { get, post } = await serveDashboard(store, table);
  expect((await get("/scopes/global", operator)).status).toBe(200);
  expect((await get("/audit", operator)).status).toBe(200);
  expect((await get("/api/v1/audit", operator)).status).toBe(200);
  expect((await post("/scopes/globex/change", operator)).status).toBe(303);
});

describe("a change", () => {
  test("leads to a page that tells once what it did", async () => {
    const { get, post } = await serveDashboard(store, table);
    const changed = await post("/scopes/acme/change", admin);
    expect([changed.status, changed.headers.get("location")]).toEqual([303, "/scopes/acme"]);
    const cookie = changed.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const shown = await get("/scopes/acme", admin, { cookie });
    expect(await shown.text()).toContain("dashboard:admin changed it");
    expect(shown.headers.getSetCookie()[0]).toMatch(/^bifrost_notice=;.*Max-Age=0/);
    const forged = cookie.replace(/=.*\./, `=${Buffer.from("You won").toString("base64url")}.`);
    expect(await (await get("/scopes/acme", admin, { cookie: forged })).text()).not.toContain("You won");
  });

  test.each([
    { from: "a page without the token", fields: { "form-token": "" }, headers: {} },
    { from: "another site", fields: {}, headers: { origin: "https://elsewhere.test" } },
    { from: "another site, by the browser's word", fields: {}, headers: { "sec-fetch-site": "cross-site" } },
    { from: "a neighbouring host", fields: {}, headers: { "sec-fetch-site": "same-site" } },
  ])("is refused where the form comes from $from", async ({ fields, headers }) => {
    const { post } = await serveDashboard(store, table);
    const refused = await post("/scopes/acme/change", admin, fields, headers);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("That did not work");
  });
});

test("data comes as JSON, with the headers that its route gives it", async () => {
  const { get } = await serveDashboard(store, table);
  const answer = await get("/api/v1/me", reader);
  expect(answer.headers.get("link")).toContain('rel="next"');
  expect(await answer.json()).toEqual({ login: "reader" });
});

test("a fault is told in its own words", async () => {
  const { get } = await serveDashboard(store, table);
  const answer = await get("/scopes/acme/broken", reader);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain("Revision 7 is not there.");
});

test("a page for everybody is for those too who have not signed in", async () => {
  const { get } = await serveDashboard(store, table);
  expect(await (await get("/about")).text()).toContain("About, to anybody");
  expect(await (await get("/about", reader)).text()).toContain("About, to reader");
});

test("events are sent as they come", async () => {
  const { get } = await serveDashboard(store, table);
  const answer = await get("/scopes/acme/events", reader);
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  expect(await answer.text()).toBe('event: step\ndata: {"done":1}\n\n');
});

test("whoever GitHub does not know any more is signed out", async () => {
  const { get, people } = await serveDashboard(store, table);
  people.set("token of stranger", { id: 77, login: "somebody else", repositories: [] });
  const answer = await get("/scopes/acme", { id: 5, login: "stranger", repositories: [] });
  expect(answer.headers.get("location")).toContain("/login");
  expect(answer.headers.getSetCookie()[0]).toMatch(/^bifrost_session=;.*Max-Age=0/);
});

test("a program whose sign-in is renewed on the way is handed the new cookie, whatever it asked for", async () => {
  const soon = Math.floor(Date.now() / 1000) + 60;
  const { get, people } = await serveDashboard(store, table, {
    refresh: async (token) => {
      const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
      return {
        token: `${token}, renewed`,
        expiresAt: inSeconds(28_800),
        refreshToken: `after ${token}`,
        refreshExpiresAt: inSeconds(100_000),
      };
    },
  });
  for (const [path, status] of [
    ["/api/v1/me", 200],
    ["/api/v1/nothing", 404],
    ["/scopes/acme/events", 200],
  ] as const) {
    const sessions = createSessions(dashboardSecret);
    people.set(`refresh ${path}, renewed`, reader);
    const sealed = await sessions.seal({
      id: `the session of ${path}`,
      userId: reader.id,
      login: reader.login,
      token: "a token that is about to end",
      tokenExpiresAt: soon,
      refreshToken: `refresh ${path}`,
      endsAt: soon + 1_000,
    });
    const answer = await get(path, undefined, { cookie: `bifrost_session=${sealed}` });
    expect([path, answer.status]).toEqual([path, status]);
    const [name, value = ""] = answer.headers.getSetCookie()[0]?.split(";")[0]?.split("=") ?? [];
    expect(name).toBe("bifrost_session");
    expect(await sessions.open(value)).toMatchObject({ token: `refresh ${path}, renewed` });
  }
});
