// Where the API's document is. It tells nothing of anybody, so nobody has to sign in for it.
import type { DashboardRoute } from "../route.ts";
import { openApiOf } from "./openapi.ts";

/** The route of the document for a table. */
export function openApiRoute(table: readonly DashboardRoute[]): DashboardRoute {
  const body = openApiOf(table);
  return {
    access: "public",
    form: "plain",
    method: "GET",
    path: "/api/v1/openapi.json",
    limit: "public",
    answer: async () => ({ status: 200, headers: { "cache-control": "public, max-age=300" }, body }),
  };
}
