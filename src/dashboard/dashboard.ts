// The dashboard as the server takes it: the table of routes, each in its frame.

import { createCatalogMemory } from "../catalog/memory.ts";
import type { Route as HttpRoute } from "../http/http.ts";
import { createEvidence } from "./access/evidence.ts";
import { createRenewal } from "./access/renewal.ts";
import { createSessions } from "./access/session.ts";
import { loadAssets } from "./assets.ts";
import type { DashboardEdges } from "./edges.ts";
import { type Frame, framed } from "./frame.ts";
import { createHighlighters } from "./highlight/highlighter.ts";
import type { DashboardRoute } from "./route.ts";
import { dashboardRoutes } from "./routes.ts";
import type { DashboardSettings } from "./settings.ts";
import { OpenStreams } from "./stream.ts";

/** Every route of the dashboard, ready to be served. They answer all paths, so they come last. `table`: the pages. */
export function createDashboard(
  edges: DashboardEdges,
  settings: DashboardSettings,
  table: readonly DashboardRoute[] = dashboardRoutes,
): HttpRoute[] {
  const sessions = createSessions(settings.secret);
  const frame: Frame = {
    edges: { ...edges, memory: createCatalogMemory(), highlighters: createHighlighters() },
    settings,
    sessions,
    assets: loadAssets(),
    streams: new OpenStreams(),
    renewal: createRenewal({ ...edges, sessions }),
    evidence: createEvidence({ users: edges.users, operators: settings.operators }),
  };
  return table.map((route) => framed(route, frame));
}
