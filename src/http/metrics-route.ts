// `/metrics`, as Prometheus asks for it.
import type { Route } from "./http.ts";
import type { RateLimits } from "./rate-limits.ts";

/** The route that answers with what `read` gives, in the text format of Prometheus. */
export function metricsRoute(read: () => Promise<string>, limits: RateLimits): Route {
  return {
    method: "GET",
    path: "/metrics",
    handler: async ({ client }) => {
      limits.take("metrics", client);
      return {
        status: 200,
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
        body: await read(),
      };
    },
  };
}
