// The proof that webhooks arrive: GitHub is asked to send the newest one again, and both ends are watched until one of them
// tells what became of it. Nothing changes by that: a delivery that comes again is a look at what is there.
import { setTimeout } from "node:timers/promises";
import type { GitHubApp, SentDelivery } from "../github/app.ts";
import type { CountArrivals } from "../store/arrivals.ts";
import { answerOf, isSuccess, remedyOf } from "./attempt-words.ts";
import { type Finding, judged, ok, type Result, skipped } from "./examination.ts";

/** What the proof takes. */
export interface ArrivalEdges {
  readonly app: Pick<GitHubApp, "webhook" | "deliveries" | "redeliver" | "signingSecret">;
  /** Undefined where the database cannot be read; then GitHub's word alone counts. */
  readonly countArrivals: CountArrivals | undefined;
  readonly webhookSecrets: readonly string[];
  /** Where browsers reach the deployment; undefined where nobody said. */
  readonly publicUrl: string | undefined;
  /** How long both ends are watched. GitHub's log is written within seconds as a rule, and within minutes at worst. */
  readonly patienceMs: number;
}

// The pause between two looks doubles from the first to the last: a delivery takes a fraction of a second, and a request
// for GitHub's log is one of the 5,000 of an hour.
const pauseFirstMs = 100;
const pauseMaxMs = 2_000;
// What an answer of 202 took in was committed before it, so that a database without it is another one.
const successStatus = 202;

const makeOne =
  "To make one, push a commit to a repository that the app is installed on, and run this again within three days";

/** What was seen of the delivery that was asked for. */
interface Outcome {
  /** GitHub's record of the attempt, where its log shows it. */
  readonly attempt: SentDelivery | undefined;
  /** Whether it came to this deployment's database; undefined where that cannot be read. */
  readonly isHere: boolean | undefined;
}

/** Has the newest delivery sent again and says what became of it. */
export async function proveArrival(edges: ArrivalEdges): Promise<Result> {
  const { app } = edges;
  const { url } = await app.webhook();
  if (url === undefined) return skipped("The app has no webhook URL");
  const known = await app.deliveries();
  const newest = known.find(({ id }) => id !== undefined);
  if (newest?.id === undefined) return skipped(`GitHub has sent nothing that it could send again. ${makeOne}`);
  const before = await edges.countArrivals?.(newest.guid);
  if (!(await app.redeliver(newest.id))) {
    return skipped(`GitHub does not send its newest delivery again, as it is too old. ${makeOne}`);
  }
  const outcome = await watch(edges, newest, new Set(known.map(({ id }) => id)), before);
  const said = `GitHub sent its newest delivery ("${newest.event}") again`;
  if (outcome.isHere ?? outcome.attempt?.statusCode === successStatus) {
    return ok(`${said}, and it arrived${await signedWords(edges, outcome.attempt?.id ?? newest.id)}`);
  }
  const finding = await findingOf(edges, url, said, outcome);
  return judged([finding], { ok: "", wrong: outcome.attempt ? answerOf(outcome.attempt) : "Not proven" });
}

/** Looks at both ends until one of them tells enough. */
async function watch(
  { app, countArrivals, patienceMs }: ArrivalEdges,
  { guid }: SentDelivery,
  known: ReadonlySet<number | undefined>,
  before: number | undefined,
): Promise<Outcome> {
  const until = performance.now() + patienceMs;
  for (let pauseMs = pauseFirstMs; ; pauseMs = Math.min(pauseMs * 2, pauseMaxMs)) {
    await setTimeout(pauseMs);
    const attempt = (await app.deliveries()).find(({ id, guid: other }) => other === guid && !known.has(id));
    const count = await countArrivals?.(guid);
    const isHere = count === undefined || before === undefined ? undefined : count > before;
    // The log is asked first, so that what it says was answered with 202 is here by now, if it is to come here at all.
    if (attempt !== undefined || isHere || performance.now() > until) return { attempt, isHere };
  }
}

/** While a secret is replaced, which of them GitHub signs with. */
async function signedWords({ app, webhookSecrets }: ArrivalEdges, deliveryId: number): Promise<string> {
  if (webhookSecrets.length < 2) return "";
  const index = await app.signingSecret(deliveryId, webhookSecrets);
  if (typeof index !== "number") return "";
  return `, signed with secret ${index + 1} of the ${webhookSecrets.length} in WEBHOOK_SECRET`;
}

async function findingOf(
  edges: ArrivalEdges,
  url: string,
  said: string,
  { attempt, isHere }: Outcome,
): Promise<Finding> {
  const why = "Pushes and pull requests are noticed late: by looking every minute, and every five";
  const elsewhere = differsFrom(url, edges.publicUrl);
  if (attempt === undefined) {
    return {
      what: `${said}, and neither its log nor the database tells of it yet`,
      why,
      remedy: "Run this again in some minutes; where it stays so, look at githubstatus.com and at the server's log",
    };
  }
  const answered = `${said} to ${url}${elsewhere}: ${answerOf(attempt)}`;
  if (attempt.statusCode === 401 && attempt.id !== undefined) {
    return { what: answered, why, remedy: await secretRemedy(edges, attempt.id, remedyOf(attempt)) };
  }
  if (!isSuccess(attempt)) return { what: answered, why, remedy: remedyOf(attempt) };
  if (attempt.statusCode === successStatus && isHere === false) {
    return {
      what: `${answered}, and it is not in the database of this deployment`,
      why: "Another deployment takes the webhooks of this app",
      remedy:
        "Run this with the environment of the server that answers there, or let the webhook URL in the app's settings lead to this one",
    };
  }
  return {
    what: `${answered} by something else than this app, which answers with ${successStatus}`,
    why,
    remedy: "Let the webhook URL in the app's settings lead to this server, without a redirect on the way",
  };
}

/** What is certain about a signature that was refused, or else the remedy that is. */
async function secretRemedy({ app, webhookSecrets }: ArrivalEdges, id: number, usual: string): Promise<string> {
  const secret = await app.signingSecret(id, webhookSecrets);
  if (secret === "unsigned") {
    return "Set a secret in the app's settings under General, Webhook, and the same as WEBHOOK_SECRET";
  }
  if (typeof secret === "number") {
    return "Start the server again with this environment: WEBHOOK_SECRET has the secret here, and the one that answered has not";
  }
  return usual;
}

function differsFrom(url: string, publicUrl: string | undefined): string {
  if (publicUrl === undefined || URL.parse(url)?.origin === URL.parse(publicUrl)?.origin) return "";
  return ` (BIFROST_URL is ${publicUrl})`;
}
