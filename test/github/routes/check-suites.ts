// Check suites: one by itself, those of a commit, and their runs.
import { checkSuiteAnswer } from "../answers/check.ts";
import type { CheckSuite } from "../check-suite.ts";
import { type Exchange, json, pageOf, type Route } from "../exchange.ts";
import { notFound } from "../refusal.ts";
import { existingCommit, runsAnswer } from "./check-runs.ts";

const access = { as: "installation", permission: ["checks", "read"] } as const;

export const checkSuiteRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/check-suites/{check_suite_id}",
    access,
    answer: async (exchange) => json(await checkSuiteAnswer(named(exchange))),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs",
    access,
    answer: (exchange) => runsAnswer(exchange, named(exchange).runs),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/check-suites",
    access,
    answer: async (exchange) => {
      const { repository, query } = exchange;
      const headSha = await existingCommit(exchange, exchange.path.ref ?? "");
      const suites = repository.checkSuites
        .filter((suite) => suite.headSha === headSha)
        .filter((suite) => !query.has("app_id") || suite.app.id === Number(query.get("app_id")))
        .filter((suite) => !query.has("check_name") || suite.runs.some(({ name }) => name === query.get("check_name")));
      const { items, headers } = pageOf(exchange, suites);
      const body = { total_count: suites.length, check_suites: await Promise.all(items.map(checkSuiteAnswer)) };
      return { status: 200, headers, body };
    },
  },
];

function named({ repository, path }: Exchange): CheckSuite {
  const suite = repository.checkSuites.find(({ id }) => id === Number(path.check_suite_id));
  if (suite === undefined) throw notFound();
  return suite;
}
