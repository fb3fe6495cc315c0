// Every address of the dashboard, in the order in which they are tried. Servers and tests are made from this table.
import { scopesPage } from "./pages/scopes.ts";
import { type DashboardRoute, nothingAt, viewerPage } from "./route.ts";

/** The table; what is under `/assets/` and the sign-in are put before it, see dashboard.ts. */
export const dashboardRoutes: readonly DashboardRoute[] = [
  viewerPage("/scopes", scopesPage),
  // Whatever is not there, so that it is answered as what may not be seen.
  nothingAt("data", "/api/v1/*"),
  nothingAt("page", "/*"),
];
