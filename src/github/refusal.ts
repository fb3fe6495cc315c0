// Turns what went wrong between us and GitHub into a fault that says whose turn it is and when to try again. Nothing of
// the request is kept in it, so no token can leave the edge with an error.
import { Fault, type FaultCode, type FaultOptions } from "../errors.ts";
import { withoutSecrets } from "../workspace/secret.ts";

/** A fault that still knows the status GitHub answered with, for the callers inside this edge. */
export class Refusal extends Fault {
  /** HTTP status, or 0 where no answer came. */
  readonly httpStatus: number;
  /** Whether it was a token that GitHub would not give, so that the request itself was never sent. */
  readonly tokenRefused: boolean;

  constructor(
    code: FaultCode,
    message: string,
    options: FaultOptions & { readonly httpStatus: number; readonly tokenRefused: boolean },
  ) {
    super(code, message, options);
    this.httpStatus = options.httpStatus;
    this.tokenRefused = options.tokenRefused;
  }
}

/** What a request was about, for the words of its fault. Holds no header and no body. */
export interface RequestNote {
  readonly method: string;
  /** The path of the address, without its query. */
  readonly path: string;
  readonly installationId: number | undefined;
  /** The request was for a token. */
  readonly forToken: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

// GitHub's advice where a limit comes without a time: wait at least a minute.
const unsaidWaitMs = 60_000;
// A wrong clock on either side must not park work for a day. Primary limits reset within the hour.
const waitMsMax = 3_600_000 + unsaidWaitMs;

/** Takes whatever a request threw and gives the fault to throw instead. */
export function refusalOf(error: unknown, note: RequestNote, now: Date): Refusal {
  const answer = answerOf(error);
  const said = sayingOf(error);
  const told = { httpStatus: answer?.status ?? 0, tokenRefused: note.forToken };
  const call = `${note.method} ${note.path}`;
  if (answer === undefined || answer.status >= 500) {
    const retryAt = answer && retryAfter(answer, now);
    return new Refusal("github-unavailable", `GitHub does not answer ${call}: ${said}`, {
      ...told,
      ...(retryAt && { retryAt }),
    });
  }
  const retryAt = limitedUntil(answer, said, now);
  if (retryAt !== undefined) {
    const message = `GitHub's rate limit is used up until ${retryAt.toISOString()}: ${call} was refused`;
    return new Refusal("github-limited", message, { ...told, retryAt });
  }
  const message = `GitHub refuses ${call} with status ${answer.status}: ${said}`;
  return new Refusal(refusalCode(answer, said, note), message, { ...told, remedy: remedyOf(answer, said, note) });
}

/** Which door is shut. A key that is not the app's shuts every one of them, and says nothing of an installation. */
function refusalCode(answer: Answer, said: string, note: RequestNote): FaultCode {
  if (answer.status === 403 && /installation has been suspended/i.test(said)) return "installation-suspended";
  if (!note.forToken || /integration not found/i.test(said)) return "github-rejected";
  if (answer.status === 404) return "installation-removed";
  return answer.status === 422 && !/permission/i.test(said) ? "repository-unreachable" : "github-rejected";
}

/** When an exhausted limit ends, or `undefined` where the answer is no such thing. */
function limitedUntil(answer: Answer, said: string, now: Date): Date | undefined {
  if (answer.status !== 403 && answer.status !== 429) return undefined;
  const named = retryAfter(answer, now);
  if (named !== undefined) return named;
  if (`${answer.headers["x-ratelimit-remaining"]}` === "0") {
    const resetSeconds = Number(answer.headers["x-ratelimit-reset"]);
    // One second more, as the limit is full again after that moment and not at it.
    return notTooLate(Number.isFinite(resetSeconds) ? (resetSeconds + 1) * 1000 : now.getTime() + unsaidWaitMs, now);
  }
  // The secondary limits say so in words only when they name no time.
  const inWords = answer.status === 429 || /\bsecondary rate\b|\babuse detection\b/i.test(said);
  return inWords ? new Date(now.getTime() + unsaidWaitMs) : undefined;
}

function retryAfter(answer: Answer, now: Date): Date | undefined {
  const value = answer.headers["retry-after"];
  if (value === undefined || value === "") return undefined;
  const seconds = Number(value);
  const timeMs = Number.isFinite(seconds) ? now.getTime() + seconds * 1000 : Date.parse(`${value}`);
  return Number.isNaN(timeMs) ? undefined : notTooLate(timeMs, now);
}

function notTooLate(timeMs: number, now: Date): Date {
  return new Date(Math.min(Math.max(timeMs, now.getTime()), now.getTime() + waitMsMax));
}

function remedyOf(answer: Answer, said: string, note: RequestNote): string {
  const installation = note.installationId === undefined ? "the installation" : `installation ${note.installationId}`;
  if (/suspended/i.test(said)) {
    return `Whoever suspended ${installation} lifts it in the settings of the account, under GitHub Apps`;
  }
  const wanted = answer.headers["x-accepted-github-permissions"];
  if (answer.status === 403 && wanted !== undefined) {
    return `Give the app the permission ${wanted} in its settings, and have the account accept it`;
  }
  if (answer.status === 422 && note.forToken && /permission/i.test(said)) {
    return "Give the app the permissions that its app.yml names, and have the account accept them";
  }
  if (answer.status === 422 && note.forToken) return "Add the repository to the app's installation";
  if (answer.status === 401) {
    return "Check that APP_ID and PRIVATE_KEY belong to each other, that the key was not deleted, and the clock";
  }
  if (answer.status === 404) {
    return "Check that the repository still exists and that the app is still installed on it";
  }
  return "Check the app's permissions and that it is still installed on the repository";
}

/** The answer that a request threw, or `undefined` where none came. */
export function answerOf(error: unknown): Answer | undefined {
  if (!(error instanceof Error) || !("response" in error)) return undefined;
  const response = error.response as Answer | undefined;
  return response && typeof response.status === "number" ? response : undefined;
}

// 300 characters hold every sentence that GitHub is known to answer with; a proxy's page of HTML is cut.
function sayingOf(error: unknown): string {
  if (!(error instanceof Error)) return "no reason was given";
  const inner = error.cause instanceof Error ? error.cause : undefined;
  const code = inner && "code" in inner ? `${inner.code}` : "";
  const text = error.message || inner?.message || code || "no reason was given";
  return withoutSecrets(text.replaceAll(/\s+/g, " ")).slice(0, 300);
}
