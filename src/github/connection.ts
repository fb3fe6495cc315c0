// One Octokit for each thing that the app acts as: itself, or one repository of an installation with the least that a
// purpose needs. Every request passes one guard, which holds the token, the time limit, the rate limits and the words
// of the fault; nothing here knows what is asked.
import { createAppAuth } from "@octokit/auth-app";
import type { Logger } from "pino";
import { ProbotOctokit } from "probot";
import { Fault } from "../errors.ts";
import type { Quota } from "../workspace/trouble.ts";
import { createMeasure, type Measure, watchLimits } from "./measure.ts";
import { readQuota } from "./quota.ts";
import { followRedirect } from "./redirect.ts";
import { answerOf, Refusal, type RequestNote, refusalOf } from "./refusal.ts";
import { sendAgain, statusOf } from "./send-again.ts";

export type Octokit = InstanceType<typeof ProbotOctokit>;
/** A request on its way through the hooks, before its address is put together. */
export type RequestOptions = Required<Octokit["request"]["endpoint"]["DEFAULTS"]>;
export interface RequestAnswer extends Pick<Awaited<ReturnType<Octokit["rest"]["meta"]["root"]>>, "url" | "headers"> {
  readonly status: number;
  readonly data: unknown;
}
export type SendRequest = (options: RequestOptions) => RequestAnswer | Promise<RequestAnswer>;

export interface ConnectionOptions extends RequestSettings {
  readonly appId: number | string;
  /** PEM. */
  readonly privateKey: string;
}

/** How requests are sent, whoever sends them. */
export interface RequestSettings {
  /** The API's root, such as `https://api.github.com` or `https://ghe.example.com/api/v3`. */
  readonly apiUrl: string;
  readonly userAgent: string;
  readonly log: Logger;
  /** How long one request may take, with its repetitions. */
  readonly timeoutMs: number;
}

/** What a token may be used for. Each purpose is a token of its own, so a leak of one gives nothing of the others. */
const purposes = {
  listing: { metadata: "read" },
  contents: { metadata: "read", contents: "read" },
  pulls: { metadata: "read", contents: "read", pull_requests: "read" },
  checks: { metadata: "read", checks: "write" },
} as const;
type Purpose = keyof typeof purposes;

/** Whom to act as: an installation, narrowed to one repository where it is named. */
export interface Actor {
  readonly installationId: number;
  readonly repositoryId?: number;
  readonly purpose: Purpose;
}

export interface Connection {
  /** Acts as the app itself. */
  asApp(): Octokit;
  /** Acts as an installation with a narrowed token, minted when it is first needed and again before it ends. */
  as(actor: Actor): Octokit;
  /** What GitHub said last about an installation's hourly requests. */
  quota(installationId: number): Quota | undefined;
}

// A token must outlive the request that it is sent with, and the difference of the clocks.
const tokenReserveMs = 120_000;

type Authorize = (fresh: boolean) => Promise<string>;
/** Whose hourly requests are counted together. */
type Spender = number | "app" | "user";

/**
 * Connects to GitHub with the value of an `Authorization` header, as a person or as the app's client. Nothing is
 * remembered of them once the request is over.
 */
export function connectWith(options: RequestSettings, authorization: string): Octokit {
  const memory = { limits: new Map<Spender, Date>(), quotas: new Map<Spender, Quota>() };
  const measured = createMeasure();
  return guarded({ ...memory, options, key: "user", authorize: async () => authorization, measured });
}

/** Connects to GitHub as nobody: what is asked carries its own proof. */
export function connectAnonymously(options: RequestSettings): Octokit {
  const memory = { limits: new Map<Spender, Date>(), quotas: new Map<Spender, Quota>() };
  return guarded({ ...memory, options, key: "user", authorize: undefined, measured: createMeasure() });
}

/** Connects to GitHub as an app. Nothing is sent before the first request. */
export function connect(options: ConnectionOptions): Connection {
  const limits = new Map<Spender, Date>();
  const quotas = new Map<Spender, Quota>();
  watchLimits(quotas, limits);
  const measured = createMeasure();
  const open = (key: Spender, authorize: Authorize | undefined): Octokit =>
    guarded({ options, limits, quotas, key, authorize, measured });
  const auth = createAppAuth({
    appId: options.appId,
    privateKey: options.privateKey,
    request: open("app", undefined).request,
  });
  return {
    asApp: () => open("app", async () => `bearer ${(await auth({ type: "app" })).token}`),
    as: (actor) => open(actor.installationId, (fresh) => tokenFor(auth, actor, fresh)),
    quota: (installationId) => quotas.get(installationId),
  };
}

function guarded(parts: Omit<Guarded, "octokit">): Octokit {
  const { options } = parts;
  const octokit = new ProbotOctokit({
    // Tokens are put in by the guard, because Octokit's own strategy cannot narrow them.
    authStrategy: undefined,
    baseUrl: options.apiUrl.replace(/\/+$/, ""),
    userAgent: options.userAgent,
    // The throttling plugin keeps its queues in the module, one for the whole process, lets one write through a
    // second and sleeps on a limit. Here a limit ends the request at once and the queue tries again in time.
    throttle: { enabled: false },
    // send-again.ts has the short repetitions, the queue the long ones.
    retry: { enabled: false },
    // Octokit logs the bodies of requests at debug level: those are people's files.
    log: { debug: () => {}, info: () => {}, warn: (text: string) => options.log.warn(text), error: () => {} },
  });
  octokit.hook.wrap("request", (send, request) =>
    parts.measured(request, async () => await guard({ ...parts, octokit }, send, request)),
  );
  return octokit;
}

async function tokenFor(auth: ReturnType<typeof createAppAuth>, actor: Actor, fresh: boolean): Promise<string> {
  const mint = (refresh: boolean) =>
    auth({
      type: "installation",
      installationId: actor.installationId,
      ...(actor.repositoryId !== undefined && { repositoryIds: [actor.repositoryId] }),
      permissions: purposes[actor.purpose],
      refresh,
    });
  let minted = await mint(fresh);
  if (Date.parse(minted.expiresAt) - Date.now() < tokenReserveMs) minted = await mint(true);
  return `token ${minted.token}`;
}

interface Guarded {
  readonly options: RequestSettings;
  /** Until when a rate limit is used up. */
  readonly limits: Map<Spender, Date>;
  /** What every answer says besides. */
  readonly quotas: Map<Spender, Quota>;
  readonly key: Spender;
  /** Undefined where the request brings its own authorization, as a request for a token does. */
  readonly authorize: Authorize | undefined;
  readonly measured: Measure;
  readonly octokit: Octokit;
}

async function guard(guarded: Guarded, send: SendRequest, request: RequestOptions): Promise<RequestAnswer> {
  const { options, limits, quotas, key, authorize } = guarded;
  const note = noteOf(guarded, request);
  if (note.origin !== new URL(options.apiUrl).origin) {
    // The next page of a list is an address that an answer names, and no answer may send a token elsewhere.
    throw new Fault("github-rejected", `GitHub names an address of ${note.origin}, which is not its own`);
  }
  // Requests during a limit are counted against the app, and an app that goes on may be banned.
  const limited = limits.get(key);
  if (limited !== undefined && limited > new Date()) {
    const message = `GitHub's rate limit is used up until ${limited.toISOString()}: ${note.method} ${note.path} waits`;
    throw new Refusal("github-limited", message, {
      httpStatus: 429,
      tokenRefused: note.forToken,
      retryAt: limited,
    });
  }
  const signal = AbortSignal.timeout(options.timeoutMs);
  const startedAt = performance.now();
  const learnQuota = (headers: Parameters<typeof readQuota>[0]) => {
    const quota = readQuota(headers, new Date());
    if (quota !== undefined) quotas.set(key, quota);
  };
  const attempt = async (fresh: boolean): Promise<RequestAnswer> => {
    const authorization = await authorize?.(fresh);
    prepare(request, authorization, signal);
    // A write that was lost on its way back may have been done: only its caller knows whether to do it again. A token that
    // nobody heard of does no harm.
    const isRepeatable = reads(request) || authorization === undefined;
    const answer = await sendAgain(() => send(request), {
      signal,
      isPassing: (status) => isRepeatable && isPassing(status),
    });
    learnQuota(answer.headers);
    options.log.debug(
      {
        method: note.method,
        path: note.path,
        status: answer.status,
        durationMs: Math.round(performance.now() - startedAt),
      },
      "asked GitHub",
    );
    // A download's address is on another host by design, so whoever asks for one looks at the redirect itself.
    return request.request.givesRedirects ? answer : await followRedirect(guarded.octokit, request, answer);
  };
  try {
    return await attempt(false).catch((error: unknown) => {
      // A token can be revoked before its time, when the app is suspended and let in again for one: ask for another.
      if (authorize !== undefined && typeof key === "number" && !(error instanceof Fault) && statusOf(error) === 401) {
        return attempt(true);
      }
      throw error;
    });
  } catch (error) {
    if (error instanceof Fault) throw error;
    const refusal = refusalOf(error, note, new Date());
    learnQuota(answerOf(error)?.headers ?? {});
    // A server that is down may name a time too; only a limit closes the door for other requests.
    if (refusal.retryAt !== undefined && refusal.httpStatus < 500) limits.set(key, refusal.retryAt);
    options.log.debug({ method: note.method, path: note.path, status: refusal.httpStatus }, "GitHub refused");
    throw refusal;
  }
}

/** Changes the request in place: a hook's own copy would not reach the hooks below it. */
function prepare(request: RequestOptions, authorization: string | undefined, signal: AbortSignal): void {
  if (authorization !== undefined) request.headers = { ...request.headers, authorization };
  request.request = {
    ...request.request,
    signal,
    redirect: "manual",
  };
}

function reads({ method }: RequestOptions): boolean {
  return method === "GET" || method === "HEAD";
}

/** Whether the trouble is on GitHub's side and short-lived: what the request itself is refused for stays refused. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408;
}

function noteOf(guarded: Guarded, request: RequestOptions): RequestNote & { readonly origin: string } {
  const { method, url } = guarded.octokit.request.endpoint(request);
  const { origin, pathname } = new URL(url);
  return {
    origin,
    method,
    path: pathname,
    installationId: typeof guarded.key === "number" ? guarded.key : installationIn(pathname),
    forToken: pathname.endsWith("/access_tokens"),
  };
}

function installationIn(pathname: string): number | undefined {
  const id = /\/(?:app|user)\/installations\/(\d+)/.exec(pathname)?.[1];
  return id === undefined ? undefined : Number(id);
}
