// Check runs: an app writes its own and reads what is there.
import { annotationAnswer, checkRunAnswer } from "../answers/check.ts";
import { checkLimitProblems } from "../check-limits.ts";
import { CheckRun, type CheckRunChange } from "../check-run.ts";
import { suiteOf } from "../check-suite.ts";
import { type Answer, type Exchange, json, pageOf, type Route } from "../exchange.ts";
import { notAccessible, notFound, Refusal } from "../refusal.ts";
import { refuseEmpty } from "./git-database.ts";

const reading = { as: "installation", permission: ["checks", "read"] } as const;
const writing = { as: "installation", permission: ["checks", "write"] } as const;

export const checkRunRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/check-runs",
    access: writing,
    answer: async (exchange) => {
      const { repository, app } = exchange;
      const change = exchange.body as CheckRunChange & { name: string; head_sha: string };
      refuseOverLimits(change);
      const headSha = await existingCommit(exchange, change.head_sha);
      const branches = await repository.git.refs("refs/heads/");
      const headBranch = branches.find(({ sha }) => sha === headSha)?.ref.slice("refs/heads/".length) ?? null;
      const run = new CheckRun(suiteOf(repository, app, { headSha, headBranch, before: null }), change.name);
      run.apply(change);
      void run.tell("created");
      if (run.status === "completed") void run.tell("completed");
      return json(checkRunAnswer(run), 201);
    },
  },
  {
    method: "PATCH",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    access: writing,
    answer: (exchange) => {
      const run = named(exchange);
      // An app changes its own runs alone.
      if (run.suite.app !== exchange.app) throw notAccessible();
      const change = exchange.body as CheckRunChange;
      refuseOverLimits(change);
      const wasCompleted = run.status === "completed";
      run.apply(change);
      if (run.status === "completed" && !wasCompleted) void run.tell("completed");
      return json(checkRunAnswer(run));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    access: reading,
    answer: (exchange) => json(checkRunAnswer(named(exchange))),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    access: reading,
    answer: (exchange) => {
      const run = named(exchange);
      const { items, headers } = pageOf(exchange, run.annotations);
      return { status: 200, headers, body: items.map((annotation) => annotationAnswer(run, annotation)) };
    },
  },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest",
    access: writing,
    answer: (exchange) => {
      void named(exchange).rerequest();
      return json({}, 201);
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/check-runs",
    access: reading,
    answer: async (exchange) => {
      const headSha = await existingCommit(exchange, exchange.path.ref ?? "");
      return runsAnswer(exchange, exchange.repository.checkRuns(headSha));
    },
  },
];

/** A list of check runs, filtered as the query asks, newest first. */
export function runsAnswer(exchange: Exchange, runs: readonly CheckRun[]): Answer {
  const { query } = exchange;
  const matching = runs
    .filter((run) => !query.has("check_name") || run.name === query.get("check_name"))
    .filter((run) => !query.has("status") || run.status === query.get("status"))
    .filter((run) => !query.has("app_id") || run.suite.app.id === Number(query.get("app_id")))
    .toReversed();
  // By default only the newest run of each name counts, as on the pages.
  const isNewest = (run: CheckRun, index: number) =>
    matching.findIndex((other) => other.name === run.name && other.suite === run.suite) === index;
  const listed = query.get("filter") === "all" ? matching : matching.filter(isNewest);
  const { items, headers } = pageOf(exchange, listed);
  return { status: 200, headers, body: { total_count: listed.length, check_runs: items.map(checkRunAnswer) } };
}

/** The id of a commit that exists here. */
export async function existingCommit({ repository }: Exchange, name: string): Promise<string> {
  refuseEmpty(repository);
  const commit = await repository.git.commit(name);
  if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return commit.sha;
}

function named({ repository, path }: Exchange): CheckRun {
  const runs = repository.checkSuites.flatMap((suite) => suite.runs);
  const run = runs.find(({ id }) => id === Number(path.check_run_id));
  if (run === undefined) throw notFound();
  return run;
}

function refuseOverLimits(change: CheckRunChange): void {
  const errors = checkLimitProblems(change);
  if (errors.length > 0) throw new Refusal(422, "Invalid request.", { errors });
}
