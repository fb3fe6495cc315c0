// Everything that a deployment can be examined for, in the order in which one thing stands on the other. Looks, has GitHub
// send one webhook again, and changes nothing.
import type { RedisFacts } from "../cache/inspect.ts";
import type { ConfigProblem } from "../config.ts";
import type { GitHubApp } from "../github/app.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { CountArrivals } from "../store/arrivals.ts";
import type { DatabaseFacts } from "../store/inspect.ts";
import type { Repository } from "../workspace/repository.ts";
import { proveArrival } from "./arrival.ts";
import { type Examination, examineOne, type Result, skipped } from "./examination.ts";
import {
  judgeAccepted,
  judgeClock,
  judgeDeliveries,
  judgeEvents,
  judgePermissions,
  judgeWebhook,
} from "./github-app.ts";
import { judgeConfiguration, judgeNode, trySandbox } from "./process.ts";
import { judgeRepositories } from "./repositories.ts";
import { judgeSignIn, type SignInFacts } from "./sign-in.ts";
import { judgeDatabase, judgeProcesses, judgeRedis, judgeWall } from "./stores.ts";

/** What is examined. Every function may throw, which is then the finding. */
export interface Patient {
  /** Without a leading `v`. */
  readonly nodeVersion: string;
  readonly problems: readonly ConfigProblem[];
  /** Whether any of the GitHub App's variables is set. */
  readonly isSetUp: boolean;
  readonly isDatabaseEmbedded: boolean;
  /** `undefined` where its variable is wrong, or where an embedded one was never started. */
  readonly database: (() => Promise<DatabaseFacts>) | undefined;
  /** `undefined` where the cache is in process, or the variable is wrong. */
  readonly redis: (() => Promise<RedisFacts>) | undefined;
  /** `undefined` where the app is not set up. */
  readonly app: GitHubApp | undefined;
  /** What GitHub signs webhooks with, as far as it is set. */
  readonly webhookSecrets: readonly string[];
  /** Where browsers reach the deployment; undefined where nobody said. */
  readonly publicUrl: string | undefined;
  /** `undefined` where signing in is not set up. */
  readonly signIn: SignInFacts | undefined;
  /** Whether GitHub takes the client's id and secret together. */
  readonly provesClient: () => Promise<boolean>;
  /** Opens the database to count how often a delivery arrived. */
  readonly withArrivals: <T>(work: (countArrivals: CountArrivals) => Promise<T>) => Promise<T>;
  /** How long to wait for a webhook that GitHub is asked to send again; `undefined`: it is not asked. */
  readonly patienceMs: number | undefined;
  readonly sandbox: Pick<Sandbox, "run" | "walls">;
  readonly repositories: () => Promise<readonly Repository[]>;
}

/** Examines a deployment. Never throws. */
export async function examine(patient: Patient): Promise<Examination[]> {
  const { app, database, redis } = patient;
  const wrong = new Set(patient.problems.map(({ variable }) => variable));
  const databaseFacts = database && (await settled(database()));
  const isMigrated = databaseFacts?.value?.pendingMigrations.length === 0;
  const appFacts = app && (await settled(app.facts()));

  const ofDatabase = (judge: (facts: DatabaseFacts) => Result) => async () => {
    if (databaseFacts !== undefined) return judge(take(databaseFacts));
    if (wrong.has("BIFROST_DATABASE_URL")) return skipped("BIFROST_DATABASE_URL is wrong");
    return skipped("Postgres is embedded and was not started yet");
  };
  const ofApp = (work: (app: GitHubApp) => Promise<Result>) => async () => {
    if (app === undefined) return skipped("The GitHub App is not set up");
    // Said once, where the app itself is examined.
    if (appFacts?.error !== undefined) return skipped("GitHub does not know the app");
    return await work(app);
  };

  return [
    await examineOne("node", "", async () => judgeNode(patient.nodeVersion)),
    await examineOne("configuration", "", async () => judgeConfiguration(patient.problems, patient.isSetUp)),
    await examineOne(
      "database",
      "Nothing can be stored or read: the server does not start",
      ofDatabase((facts) => judgeDatabase(facts, patient.isDatabaseEmbedded)),
    ),
    await examineOne("row-security", "It is not known whether the database holds scopes apart", async () =>
      databaseFacts?.value !== undefined && !isMigrated
        ? skipped("The database lacks migrations")
        : await ofDatabase(judgeWall)(),
    ),
    await examineOne("redis", "Executors go to Postgres for every module, and syncs wait", async () => {
      if (redis !== undefined) return judgeRedis(await redis());
      return skipped(wrong.has("BIFROST_REDIS_URL") ? "BIFROST_REDIS_URL is wrong" : "The cache is in process");
    }),
    await examineOne(
      "processes",
      "",
      ofDatabase(({ otherProcesses }) =>
        judgeProcesses(otherProcesses, redis !== undefined, patient.isDatabaseEmbedded),
      ),
    ),
    await examineOne("clock", "Without GitHub nothing is synced and nothing is checked", async () =>
      app === undefined ? skipped("The GitHub App is not set up") : judgeClock(await app.clockDifferenceMs()),
    ),
    await examineOne("app", "Without the app's identity nothing is synced and nothing is checked", async () => {
      if (appFacts === undefined) return skipped("The GitHub App is not set up");
      return { state: "ok", summary: take(appFacts).slug, findings: [] };
    }),
    await examineOne(
      "permissions",
      "",
      ofApp(async (known) => judgePermissions(await known.facts())),
    ),
    await examineOne(
      "events",
      "",
      ofApp(async (known) => judgeEvents(await known.facts())),
    ),
    await examineOne(
      "installations",
      "It is not known what the app may reach",
      ofApp(async (known) => judgeAccepted(await known.accepted())),
    ),
    await examineOne(
      "webhook",
      "It is not known whether GitHub tells of pushes",
      ofApp(async (known) => judgeWebhook(await known.webhook())),
    ),
    await examineOne(
      "deliveries",
      "It is not known whether webhooks arrive",
      ofApp(async (known) => judgeDeliveries(await known.deliveries(), new Date())),
    ),
    await examineOne(
      "arrival",
      "It is not known whether webhooks arrive",
      ofApp((known) => provenArrival(patient, known, isMigrated)),
    ),
    await examineOne(
      "sign-in",
      "It is not known whether anybody can sign in to the dashboard",
      ofApp(async (known) => {
        const { signIn, provesClient } = patient;
        if (signIn === undefined) return skipped("GITHUB_CLIENT_ID is not set, so there is no dashboard");
        return await judgeSignIn(signIn, await known.facts(), await known.webhook(), provesClient);
      }),
    ),
    await examineOne("sandbox", "Every check of a pull request fails", () => trySandbox(patient.sandbox)),
    await examineOne("repositories", "It is not known what waits", async () =>
      isMigrated ? judgeRepositories(await patient.repositories()) : skipped("The database cannot be read yet"),
    ),
  ];
}

async function provenArrival(patient: Patient, app: GitHubApp, isMigrated: boolean): Promise<Result> {
  const { withArrivals, webhookSecrets, publicUrl, patienceMs } = patient;
  if (patienceMs === undefined) return skipped("GitHub was not asked to send a webhook again");
  const edges = { app, webhookSecrets, publicUrl, patienceMs };
  if (!isMigrated) return await proveArrival({ ...edges, countArrivals: undefined });
  return await withArrivals((countArrivals) => proveArrival({ ...edges, countArrivals }));
}

type Settled<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: unknown };

/** Asked once and judged several times. */
async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

function take<T>(outcome: Settled<T>): T {
  if (outcome.error !== undefined) throw outcome.error;
  return outcome.value as T;
}
