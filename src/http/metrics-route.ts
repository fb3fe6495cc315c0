// `/metrics`, as Prometheus asks for it.
import type { Route } from "./http.ts";

/** The route that answers with what `read` gives, in the text format of Prometheus. */
export function metricsRoute(read: () => Promise<string>): Route {
  return {
    method: "GET",
    path: "/metrics",
    handler: async () => ({
      status: 200,
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      body: await read(),
    }),
  };
}
