// Takes a request through authentication, validation, its route and the judgement of the answer. It neither reads from
// a connection nor writes to one.
import type { IncomingMessage } from "node:http";
import { authorize, callerOf } from "./authentication.ts";
import type { GitHubEmulator } from "./emulator.ts";
import type { Answer, Caller, Exchange, Route } from "./exchange.ts";
import { description, type Operation } from "./openapi.ts";
import { notFound, Refusal } from "./refusal.ts";
import type { Repository } from "./repository.ts";
import { namedById, repositoryOf } from "./repository-address.ts";
import type { Router } from "./router.ts";
import type { LoggedRequest } from "./server.ts";

const documentationUrl = "https://docs.github.com/rest";

/** Everything between a request that arrived and the answer that leaves. */
export async function answerTo(
  github: GitHubEmulator,
  router: Router,
  request: IncomingMessage,
  bytes: Buffer,
  logged: LoggedRequest,
): Promise<Answer> {
  const url = new URL(logged.path, github.apiUrl);
  let operation: Operation | undefined;
  let isDescribed = true;
  let answer: Answer;
  try {
    const moved = namedById(github, url.pathname);
    const match = router.find(logged.method, moved);
    if (match === undefined) throw notFound();
    const { route, path } = match;
    isDescribed = route.isUndescribed !== true;
    operation = isDescribed ? description().operation(logged.method, route.path) : undefined;
    logged.operationId = operation?.id;
    const caller = callerOf(github, request.headers.authorization);
    note(caller, logged);
    const found = repositoryOf(github, path, url, moved);
    authorize(caller, route.access, found?.repository);
    countAgainstLimit(github, logged, route);
    if (found?.location !== undefined) return redirect(found.location);
    const body = parseBody(bytes, request.headers["content-type"]);
    const problems = operation?.requestProblems({ path, query: url.searchParams, body }) ?? [];
    if (problems.length > 0) {
      report(github, logged, problems);
      throw new Refusal(422, "Invalid request.", { errors: problems });
    }
    answer = await route.answer(exchangeOf(github, url, path, body, request, caller, found?.repository));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer = refusalAnswer(error);
  }
  const isBytes = answer.body instanceof Uint8Array;
  const problems = operation?.answerProblems(answer.status, isBytes ? undefined : plain(answer.body)) ?? [];
  if (problems.length === 0) return answer;
  report(github, logged, problems);
  return { status: 500, body: { message: `The emulator's answer is wrong: ${problems.join("; ")}` } };
}

/** Whose allowance a request is taken from. Apps that ask as themselves are not limited here. */
export function limiterOf(logged: LoggedRequest): string | undefined {
  return logged.installationId === undefined ? undefined : `installation ${logged.installationId}`;
}

function redirect(location: string): Answer {
  const body = { message: "Moved Permanently", url: location, documentation_url: documentationUrl };
  return { status: 301, headers: { location }, body };
}

function refusalAnswer({ status, message, errors, headers }: Refusal): Answer {
  const body = { message, documentation_url: documentationUrl, status: String(status) };
  return { status, headers, body: errors.length === 0 ? body : { ...body, errors } };
}

function exchangeOf(
  github: GitHubEmulator,
  url: URL,
  path: Readonly<Record<string, string>>,
  body: unknown,
  request: IncomingMessage,
  caller: Caller,
  repository: Repository | undefined,
): Exchange {
  return {
    ...{ github, url, path, body, caller, query: url.searchParams, accept: request.headers.accept ?? "" },
    get app() {
      if (caller.kind === "app" || caller.kind === "client") return caller.app;
      return caller.kind === "user" ? caller.grant.app : this.installation.app;
    },
    get user() {
      if (caller.kind !== "user") throw new Refusal(401, "Requires authentication");
      return caller.grant.user;
    },
    get installation() {
      if (caller.kind !== "installation") throw new Refusal(401, "Requires authentication");
      return caller.grant.installation;
    },
    get repository() {
      if (repository === undefined) throw notFound();
      return repository;
    },
  };
}

function note(caller: Caller, logged: LoggedRequest): void {
  logged.auth = caller.kind;
  if (caller.kind === "installation") logged.installationId = caller.grant.installation.id;
}

function countAgainstLimit(github: GitHubEmulator, logged: LoggedRequest, route: Route): void {
  const limiter = limiterOf(logged);
  if (limiter === undefined || route.path === "/rate_limit") return;
  const allowance = github.rateLimits.of(limiter);
  if (allowance.remaining <= 0)
    throw new Refusal(403, `API rate limit exceeded for installation ID ${logged.installationId}.`);
  allowance.remaining--;
}

function report(github: GitHubEmulator, logged: LoggedRequest, problems: readonly string[]): void {
  const name = logged.operationId ?? `${logged.method} ${logged.path}`;
  github.violations.push(...problems.map((problem) => `${name}: ${problem}`));
}

function parseBody(bytes: Buffer, contentType = ""): unknown {
  if (bytes.length === 0) return undefined;
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(bytes.toString()));
  }
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

/** A value as its reader will see it: dates as text, undefined left out. */
function plain(body: unknown): unknown {
  return body === undefined ? undefined : JSON.parse(JSON.stringify(body));
}
