// What somebody may not see is not there: for every route of the table, and for each kind of outsider.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DashboardRoute } from "../../src/dashboard/route.ts";
import { dashboardRoutes } from "../../src/dashboard/routes.ts";
import { type DashboardWorld, sampleOf, startDashboardWorld } from "./dashboard-world.ts";
import { signIn } from "./world.ts";

let world: DashboardWorld;
const cookies = new Map<string, string>();
const people = ["mona", "ada", "hank", "operator", "newcomer"] as const;
type Person = (typeof people)[number];

beforeAll(async () => {
  world = await startDashboardWorld();
  for (const login of people) cookies.set(login, await signIn(world, login));
});
afterAll(async () => {
  await world.close();
  expect(world.github.violations).toEqual([]);
});

/** Asks for a route at an address, a change with the form's token as the person's own pages carry it. */
async function ask(route: DashboardRoute, path: string, person: Person | undefined, token?: string) {
  const cookie = person === undefined ? {} : { cookie: cookies.get(person) ?? "" };
  const gone = new AbortController();
  const answer = await fetch(`${world.app.url}${path}`, {
    method: route.method,
    headers: cookie,
    redirect: "manual",
    signal: gone.signal,
    ...(route.method === "POST" && { body: new URLSearchParams({ "form-token": token ?? (await tokenOf(person)) }) }),
  });
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== "date"));
  // A stream has no end to wait for.
  const isStream = headers["content-type"]?.startsWith("text/event-stream") === true;
  const body = isStream ? "" : await answer.text();
  if (isStream) gone.abort();
  return { status: answer.status, location: answer.headers.get("location"), headers, body };
}

const tokens = new Map<Person, Promise<string>>();

async function tokenOf(person: Person | undefined): Promise<string> {
  if (person === undefined) return "";
  const read = async () => {
    const page = await fetch(`${world.app.url}/scopes`, { headers: { cookie: cookies.get(person) ?? "" } });
    const token = /name="form-token" value="([^"]+)"/.exec(await page.text())?.[1];
    if (token === undefined) throw new Error(`No form on the page of ${person}`);
    return token;
  };
  const known = tokens.get(person) ?? read();
  tokens.set(person, known);
  return await known;
}

const addressOf = (route: DashboardRoute) => sampleOf(route.path, world.samples);
const named = (routes: readonly DashboardRoute[]) =>
  routes.map((route) => ({ name: `${route.method} ${route.path}`, route }));

/** Who is kept out by each kind of access. A kind that is not here does not compile. */
const outsiders: Readonly<Record<DashboardRoute["access"], readonly Person[]>> = {
  public: [],
  viewer: [],
  reader: ["newcomer", "hank"],
  admin: ["newcomer", "hank", "mona"],
  operator: ["newcomer", "hank", "mona", "ada"],
};
/** Who is let in. */
const insider: Readonly<Record<DashboardRoute["access"], Person>> = {
  public: "mona",
  viewer: "mona",
  reader: "mona",
  admin: "ada",
  operator: "operator",
};

const guarded = dashboardRoutes.filter(({ access }) => access !== "public");
// What is there for everybody signed in, and says nothing but what they may see.
const emptyHanded = guarded.filter(({ access, path }) => access === "viewer" && !path.endsWith("*"));
const kept = guarded.filter(({ access }) => outsiders[access].length > 0);

test("no route is for everybody that was not meant to be", () => {
  const open = dashboardRoutes
    .filter(({ access }) => access === "public")
    .map(({ method, path }) => `${method} ${path}`);
  expect(open).toEqual([
    ...["GET /assets/:name", "GET /login", "GET /login/github", "GET /login/callback", "POST /logout"],
    ...["GET /docs/diagnostics", "GET /docs/diagnostics/:code", "GET /api/v1/openapi.json"],
  ]);
});

test("whatever is about a scope names it in its path, so that the frame can tell whose it is", () => {
  const nameless = dashboardRoutes.filter(
    ({ access, path }) => (access === "reader" || access === "admin") && !/\/scopes\/:scope(\/|$)/.test(path),
  );
  expect(nameless).toEqual([]);
});

describe.each(named(kept))("$name", ({ route }) => {
  test("is not there for whoever may not see it, byte for byte", async () => {
    const address = addressOf(route);
    const unknown = sampleOf(route.path, { ...world.samples, scope: "nobody" });
    for (const person of outsiders[route.access]) {
      const refused = await ask(route, address, person);
      expect(refused.status, `${person} at ${address}`).toBe(404);
      if (route.access !== "operator") expect(refused, person).toEqual(await ask(route, unknown, person));
      const nothing = route.path.startsWith("/api/") ? "/api/v1/nothing" : "/nothing";
      if (route.form !== "change" && route.form !== "stream")
        expect(refused).toEqual(await ask(route, nothing, person));
    }
  });

  test("is there for whoever may", async () => {
    const person = insider[route.access];
    if (route.form === "change") {
      // With another token nothing is changed, and only who may change it is told why.
      const refused = await ask(route, addressOf(route), person, "not the token");
      expect(refused.status).toBe(403);
    } else {
      expect((await ask(route, addressOf(route), person)).status, `${person} at ${addressOf(route)}`).toBe(200);
    }
  });
});

describe.each(named(emptyHanded))("$name", ({ route }) => {
  test("tells whoever sees nothing nothing of anybody", async () => {
    const { body } = await ask(route, addressOf(route), "newcomer");
    for (const word of ["globex", "acme-inc", "platform"]) expect(body).not.toContain(word);
  });
});

describe.each(named(guarded))("$name", ({ route }) => {
  test("asks whoever has not signed in to do so, whether it is there or not", async () => {
    for (const scope of ["acme", "nobody"]) {
      const address = sampleOf(route.path, { ...world.samples, scope });
      const { status, location } = await ask(route, address, undefined);
      if (route.form === "page" || route.form === "text") {
        expect([status, location]).toEqual([302, signInFor(address)]);
      } else if (route.form === "change") expect([status, location]).toEqual([302, "/login"]);
      else expect(status).toBe(401);
    }
  });
});

function signInFor(address: string): string {
  return address === "/" ? "/login" : `/login?return=${encodeURIComponent(address)}`;
}
