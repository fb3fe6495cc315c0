// Requests to GitHub and what is left of its limits, for those who watch the process.
import { metrics, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { Fault } from "../errors.ts";
import type { Quota } from "../workspace/trouble.ts";
import { Refusal } from "./refusal.ts";

/** As much of a request as is told: its template, which names no repository. */
interface MeasuredRequest {
  readonly method: string;
  readonly url: string;
}

/** Measures one request while it is sent. */
export type Measure = <T extends { readonly status: number }>(
  request: MeasuredRequest,
  send: () => Promise<T>,
) => Promise<T>;

// The installations that have the least left: a gauge for each of a hundred thousand would be no help to anybody.
const installationsMax = 20;

/** Watches what GitHub said of its limits, which others write down, whenever the metrics are read. */
export function watchLimits(quotas: ReadonlyMap<unknown, Quota>, limits: ReadonlyMap<unknown, Date>): void {
  const meter = metrics.getMeter("bifrost.github");
  meter
    .createObservableGauge("bifrost.github.quota.remaining", {
      description: "Requests left in this hour, of the installations that have the least (installation)",
    })
    .addCallback((result) => {
      const least = [...quotas].sort(([, one], [, other]) => one.remaining - other.remaining);
      for (const [key, { remaining, resetAt }] of least.slice(0, installationsMax)) {
        if (resetAt > new Date()) result.observe(remaining, { installation: `${key}` });
      }
    });
  meter
    .createObservableGauge("bifrost.github.limited", {
      description: "Installations of which GitHub takes no request at present",
    })
    .addCallback((result) => result.observe([...limits.values()].filter((until) => until > new Date()).length));
}

/** Gives a function that measures requests, each in a span of its own. */
export function createMeasure(): Measure {
  const durations = metrics.getMeter("bifrost.github").createHistogram("bifrost.github.request.duration.seconds", {
    unit: "s",
    description:
      "A request to GitHub with its repetitions, by the status of its answer (http_request_method, http_response_status_code)",
  });
  const tracer = trace.getTracer("bifrost.github");
  return (request, send) => {
    const name = `${request.method} ${template(request.url)}`;
    return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT }, async (span) => {
      const startedAt = performance.now();
      const end = (status: number) => {
        const said = { "http.request.method": request.method, "http.response.status_code": status };
        durations.record((performance.now() - startedAt) / 1000, said);
        span.setAttributes(said).end();
      };
      try {
        const answer = await send();
        end(answer.status);
        return answer;
      } catch (error) {
        // The code and not the message, which names what was asked for.
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Fault ? error.code : "unexpected" });
        end(error instanceof Refusal ? error.httpStatus : 0);
        throw error;
      }
    });
  };
}

/** Octokit's own template, such as `/repos/{owner}/{repo}`; of a whole address, which a list names for its next page, less. */
function template(url: string): string {
  return url.startsWith("/") ? url : "(address)";
}
