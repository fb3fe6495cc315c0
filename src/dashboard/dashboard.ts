// The dashboard as the server takes it: the table of routes, each in its frame.

import { Fault } from "../errors.ts";
import type { Route as HttpRoute } from "../http/http.ts";
import { createEvidence } from "./access/evidence.ts";
import { createSessions } from "./access/session.ts";
import { loadAssets } from "./assets.ts";
import type { DashboardEdges } from "./edges.ts";
import { type Frame, framed } from "./frame.ts";
import type { DashboardRoute } from "./route.ts";
import { dashboardRoutes } from "./routes.ts";
import type { DashboardSettings } from "./settings.ts";

/** Every route of the dashboard, ready to be served. They answer all paths, so they come last. `table`: the pages. */
export function createDashboard(
  edges: DashboardEdges,
  settings: DashboardSettings,
  table: readonly DashboardRoute[] = dashboardRoutes,
): HttpRoute[] {
  const assets = loadAssets();
  const frame: Frame = {
    edges,
    settings,
    assets,
    sessions: createSessions(settings.secret),
    evidence: createEvidence({ users: edges.users, operators: settings.operators }),
  };
  const assetRoute: DashboardRoute = {
    access: "public",
    form: "plain",
    method: "GET",
    path: "/assets/:name",
    answer: async (_edges, { params }) => {
      const answer = assets.answer(params.name ?? "");
      if (answer === undefined) throw new Fault("not-found", "There is nothing at this address");
      return answer;
    },
  };
  return [assetRoute, ...table].map((route) => framed(route, frame));
}
