// How much one client may ask of the dashboard, over HTTP and by a clock that stands.
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { html } from "../../src/dashboard/parts/html.ts";
import { costly, type DashboardRoute, nothingAt, viewerData, viewerPage } from "../../src/dashboard/route.ts";
import { dashboardRoutes } from "../../src/dashboard/routes.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { type Person, serveDashboard } from "./serve.ts";

const api = { summary: "A test", answer: z.object({}) };
const page = async () => ({ title: "A page", body: html`<h1>A page</h1>` });
const table: readonly DashboardRoute[] = [
  ...dashboardRoutes.filter(({ form }) => form === "plain"),
  viewerPage("/page", page),
  costly(viewerPage("/comparison", page)),
  viewerData("/api/v1/me", api, async (_edges, { viewer }) => ({ body: { login: viewer.login } })),
  nothingAt("data", "/api/v1/*"),
  nothingAt("page", "/*"),
];
const mona: Person = { id: 1, login: "mona", repositories: [] };
const hank: Person = { id: 2, login: "hank", repositories: [] };

let store: Store;
beforeAll(async () => {
  const database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  return async () => {
    await store.close();
    await database.drop();
  };
});

/** Asks until it is refused, and gives the refusal and how many were answered before. */
async function exhaust(
  ask: () => Promise<Response>,
): Promise<{ readonly answered: number; readonly refused: Response }> {
  for (let answered = 0; answered < 1_000; answered += 1) {
    const answer = await ask();
    if (answer.status === 429) return { answered, refused: answer };
    await answer.arrayBuffer();
  }
  throw new Error("Nothing was refused");
}

test.each([
  ["a page that is not there, of nobody", "/nothing", 120],
  ["the page of the sign-in", "/login", 120],
  ["the beginning of a sign-in", "/login/github", 60],
  ["the end of a sign-in", "/login/callback?code=1&state=2", 60],
  ["the API's document", "/api/v1/openapi.json", 120],
  ["the API, by nobody", "/api/v1/me", 120],
  ["a file of the pages", "/assets/none.css", 600],
])("%s is refused to an address that asks too often, and given again after a while", async (_, path, burst) => {
  let now = 0;
  const { get } = await serveDashboard(store, table, { clock: () => now });
  const { answered, refused } = await exhaust(() => get(path));
  expect(answered).toBe(burst);
  expect(Number(refused.headers.get("retry-after"))).toBe(1);
  now += 1_000;
  expect((await get(path)).status).not.toBe(429);
});

test("somebody who has signed in is counted by who they are, and a page that costs more counts for more", async () => {
  const { get } = await serveDashboard(store, table, { clock: () => 0 });
  await exhaust(() => get("/login"));
  expect((await exhaust(() => get("/page", mona))).answered).toBe(300);
  expect((await exhaust(() => get("/comparison", hank))).answered).toBe(60);
});

test("a person reads on a page what to do, and a program in JSON", async () => {
  const { get } = await serveDashboard(store, table, { clock: () => 0 });
  const { refused } = await exhaust(() => get("/page", mona));
  const text = await refused.text();
  expect(refused.headers.get("content-type")).toContain("text/html");
  expect(text).toContain("There were too many requests with your sign-in in a short time.");
  expect(text).toContain("Wait 1 s, then ask again.");
  const data = await get("/api/v1/me", mona);
  expect([data.status, data.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await data.json()).toMatchObject({
    error: { code: "too-many-requests", remedy: "Wait 1 s, then ask again" },
  });
});

test("every route says by what it is limited, and those that compare or colour cost more", () => {
  for (const route of dashboardRoutes) if (route.form === "plain") expect(route.limit).toBeTypeOf("string");
  const costlyPaths = dashboardRoutes.flatMap((route) =>
    route.form !== "plain" && route.cost === 5 ? [route.path] : [],
  );
  for (const word of [
    "compare",
    "three-way",
    "/diff/",
    "/patch/",
    "/modules/:path",
    "/imports/",
    "revisions/:revision",
  ]) {
    expect(
      costlyPaths.some((path) => path.includes(word)),
      word,
    ).toBe(true);
  }
});
