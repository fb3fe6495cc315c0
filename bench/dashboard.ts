// The pages about modules over HTTP, of an organisation with some files of its own over 10,000 of global: how long each
// takes to come, and what it weighs.
import { pino } from "pino";
import { createSessions } from "../src/dashboard/access/session.ts";
import { createDashboard } from "../src/dashboard/dashboard.ts";
import { startHttpServer } from "../src/http/server.ts";
import { createRecordCache } from "../src/link/record-cache.ts";
import { createParser } from "../src/parsing/parser.ts";
import { grantOperator } from "../src/workspace/grant.ts";
import { globalScope, scopeSlug } from "../src/workspace/scope.ts";
import { boundRepository, sampleChange, sampleScope } from "../test/store/sample.ts";
import { type Bench, figure, type Measurement, median, timed } from "./measure.ts";
import { makeGroupedSources, type Sources } from "./modules.ts";
import { type Servers, startServers } from "./servers.ts";

const modules = 10_000;
const overridden = 100;
const turns = 31;
const warmUps = 5;
const reachMs = 50;
const reachKb = 150;
const secret = "the secret of the bench";
const operator = { id: 1, login: "operator" };

/** What is asked for, by the name of its row. */
const pages = (slug: string): Readonly<Record<string, string>> => ({
  "the list of modules": `/scopes/${slug}`,
  "the list, filtered": `/scopes/${slug}?q=shared+m77`,
  "the list, sorted by its last change, its 50th page": `/scopes/${slug}?sort=changed&order=desc&page=50`,
  "a module's source": `/scopes/${slug}/modules/shared/m40.ts`,
  "its diff": `/scopes/${slug}/modules/shared/m40.ts?view=diff`,
  "its diff side by side": `/scopes/${slug}/modules/shared/m40.ts?view=split`,
  "its history": `/scopes/${slug}/modules/shared/m40.ts?view=history`,
  "its imports": `/scopes/${slug}/modules/shared/m40.ts?view=imports`,
  "its three texts": `/scopes/${slug}/modules/shared/m3.ts?view=three-way`,
  "the overrides": `/scopes/${slug}/overrides`,
  "how often global is overridden": "/scopes/global/overrides",
  "100 modules as JSON": `/api/v1/scopes/${slug}/modules?per_page=100`,
});

export const dashboardBenches: readonly Bench[] = [{ group: "dashboard", measure: measurePages }];

async function measurePages(): Promise<Measurement[]> {
  const servers = await startServers();
  const parser = createParser();
  const { slug, push } = await fill(servers);
  const log = pino({ level: "silent" });
  const routes = createDashboard(
    {
      store: servers.store,
      jobs: { enqueue: async () => {}, unfinished: async () => [] },
      users: { ...noSignIn, user: async () => operator, repositories: async () => [] },
      app: {
        facts: async () => ({
          slug: "bifrost",
          pageUrl: "https://github.com",
          clientId: undefined,
          permissions: {},
          events: [],
        }),
      },
      records: createRecordCache({ parseMany: parser.parse }),
      // What is measured is what a page takes, not how many of them one person may ask for.
      limits: { take: () => {}, isSpent: () => false },
      log,
    },
    { baseUrl: "http://modules.test", githubServerUrl: "https://github.com", secret, operators: ["operator"] },
  );
  const server = await startHttpServer({ host: "127.0.0.1", port: 0, routes, log });
  const cookie = `bifrost_session=${await createSessions(secret).seal({
    id: "the session of the bench",
    userId: operator.id,
    login: operator.login,
    token: "token",
    tokenExpiresAt: null,
    refreshToken: null,
    endsAt: Math.floor(Date.now() / 1000) + 3600,
  })}`;
  const load = async (path: string): Promise<number> => {
    const response = await fetch(`${server.url}${path}`, { redirect: "manual", headers: { cookie } });
    const { byteLength } = await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
    return byteLength;
  };
  try {
    const rows: Measurement[] = [];
    for (const [name, path] of Object.entries(pages(slug))) {
      let bytes = 0;
      const samples: number[] = [];
      for (let turn = -warmUps; turn < turns; turn += 1) {
        const tookMs = await timed(async () => {
          bytes = await load(path);
        });
        if (turn >= 0) samples.push(tookMs);
      }
      rows.push(figure({ group: "dashboard", name, value: median(samples), unit: "ms", reach: reachMs }));
      rows.push(
        figure({ group: "dashboard", name: `${name}, bytes`, value: bytes / 1024, unit: "KB", reach: reachKb }),
      );
    }
    const afterPush: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      await push(turn);
      afterPush.push(await timed(() => load(`/scopes/${slug}`)));
    }
    const name = "the list of modules, right after a push to global";
    return [...rows, figure({ group: "dashboard", name, value: median(afterPush), unit: "ms", reach: null })];
  } finally {
    await server.close();
    await parser.close();
    await servers.close();
  }
}

const refused = async (): Promise<never> => {
  throw new Error("Nobody signs in here");
};
const noSignIn = { signInUrl: () => "", signIn: refused, refresh: refused, revoke: async () => {} };

/** 10,000 modules of global, and an organisation that overrides some of them, of which global changed a few since. */
async function fill({ store }: Servers): Promise<{ readonly slug: string; push(turn: number): Promise<void> }> {
  const everyone = grantOperator(globalScope);
  const platform = await boundRepository(store, everyone);
  const sources = makeGroupedSources(modules, 100);
  await store.applySync(everyone, sampleChange(platform.id, Object.fromEntries(sources)));
  const granted = await sampleScope(store);
  const own = await boundRepository(store, granted);
  await store.applySync(granted, sampleChange(own.id, changed(sources, 0, overridden, "ours")));
  await store.applySync(everyone, sampleChange(platform.id, changed(sources, 0, 20, "theirs")));
  return {
    slug: scopeSlug(granted.scope),
    push: async (turn) => {
      await store.applySync(everyone, sampleChange(platform.id, changed(sources, 500, 10, `turn${turn}`)));
    },
  };
}

/** Some of these modules, each with a line changed in its middle and one added. */
function changed(sources: Sources, first: number, count: number, word: string): Record<string, string> {
  const some = [...sources].slice(first, first + count);
  return Object.fromEntries(
    some.map(([path, source]) => [
      path,
      `${source.replace("step30(input: number)", `step30(${word}: number)`)}export const ${word} = true;\n`,
    ]),
  );
}
