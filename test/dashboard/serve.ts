// Serves the dashboard, or a table of a test's own, over real HTTP to people who signed in without GitHub's pages: what
// GitHub would say of them is handed in.
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { createSessions, type Session } from "../../src/dashboard/access/session.ts";
import { createDashboard } from "../../src/dashboard/dashboard.ts";
import type { DashboardRoute } from "../../src/dashboard/route.ts";
import type { DashboardSettings } from "../../src/dashboard/settings.ts";
import { Fault } from "../../src/errors.ts";
import type { UserTokens } from "../../src/github/user-tokens.ts";
import type { UserRepository } from "../../src/github/users.ts";
import { createRateLimits } from "../../src/http/rate-limits.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { createRecordCache } from "../../src/link/record-cache.ts";
import type { Store } from "../../src/store/store.ts";
import type { Job, UnfinishedJob } from "../../src/workspace/job.ts";

const noSignIn = async (): Promise<never> => {
  throw new Error("Whoever signs in here does it without GitHub");
};

export interface Person {
  readonly id: number;
  readonly login: string;
  readonly repositories: readonly UserRepository[];
}

export interface ServedDashboard {
  readonly url: string;
  /** What GitHub says of people, by their tokens; change it and they see something else within a minute. */
  readonly people: Map<string, Person>;
  /** Asks as a person, or as nobody; redirects are not followed. */
  get(path: string, person?: Person, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form as a person, with the token of their session unless `fields` bring another. */
  post(
    path: string,
    person: Person | undefined,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

/** A queue that works on nothing: what it is asked for is noted, what is under way is said. And a clock that stands. */
export interface Surroundings {
  readonly queued?: Job[];
  readonly unfinished?: () => readonly UnfinishedJob[];
  /** Milliseconds by which limits count. Default: the process's own clock. */
  readonly clock?: () => number;
  /** What GitHub gives for a refresh token. Default: nobody's sign-in is renewed. */
  readonly refresh?: (refreshToken: string) => Promise<UserTokens>;
}

/** What sessions are sealed with. */
export const dashboardSecret = "the secret of the tests";

/** Starts it; ended with the test. */
export async function serveDashboard(
  store: Store,
  table?: readonly DashboardRoute[],
  { queued = [], unfinished = () => [], clock, refresh = noSignIn }: Surroundings = {},
): Promise<ServedDashboard> {
  const people = new Map<string, Person>();
  const known = (token: string): Person => {
    const person = people.get(token);
    if (person === undefined) throw new Fault("user-token-refused", "GitHub does not take this sign-in any more");
    return person;
  };
  const users = {
    user: async (token: string) => known(token),
    repositories: async (token: string) => [...known(token).repositories],
    signInUrl: () => "https://github.com/login/oauth/authorize",
    signIn: noSignIn,
    refresh,
    revoke: async () => {},
  };
  const settings: DashboardSettings = {
    baseUrl: "http://modules.test",
    githubServerUrl: "https://github.com",
    secret: dashboardSecret,
    operators: ["operator"],
  };
  const log = pino({ level: "silent" });
  const jobs = {
    enqueue: async (job: Job) => {
      queued.push(job);
    },
    unfinished: async (_kind: Job["kind"], key?: string) =>
      unfinished().filter((job) => key === undefined || job.key === key),
  };
  const app = {
    facts: async () => ({
      slug: "bifrost",
      pageUrl: "https://github.com/apps/bifrost",
      clientId: undefined,
      permissions: {},
      events: [],
    }),
  };
  const limits = createRateLimits({ log, ...(clock && { clock }) });
  const routes = createDashboard(
    { store, jobs, users, app, records: createRecordCache(), limits, log },
    settings,
    table,
  );
  const server = await startHttpServer({ host: "127.0.0.1", port: 0, routes, log });
  onTestFinished(() => server.close());
  const sessions = createSessions(settings.secret);
  const sessionOf = ({ id, login }: Person): Session => ({
    id: `session-of-user-${id}`,
    userId: id,
    login,
    token: `token of ${login}`,
    tokenExpiresAt: null,
    refreshToken: null,
    endsAt: Math.floor(Date.now() / 1000) + 3600,
  });
  const headersOf = async (person: Person | undefined, headers: Record<string, string>) => {
    if (person === undefined) return headers;
    const session = sessionOf(person);
    if (!people.has(session.token)) people.set(session.token, person);
    const cookies = [`bifrost_session=${await sessions.seal(session)}`, ...(headers.cookie ? [headers.cookie] : [])];
    return { ...headers, cookie: cookies.join("; ") };
  };
  return {
    url: server.url,
    people,
    get: async (path, person, headers = {}) =>
      fetch(`${server.url}${path}`, { redirect: "manual", headers: await headersOf(person, headers) }),
    post: async (path, person, fields = {}, headers = {}) => {
      const token = person === undefined ? {} : { "form-token": sessions.formToken(sessionOf(person)) };
      return fetch(`${server.url}${path}`, {
        method: "POST",
        redirect: "manual",
        headers: await headersOf(person, headers),
        body: new URLSearchParams({ ...token, ...fields }),
      });
    },
  };
}
