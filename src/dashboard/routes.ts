// Every address of the dashboard, in the order in which they are tried. Servers and tests are made from this table.
import { signInRoutes } from "./access/sign-in.ts";
import { openApiRoute } from "./api/openapi-route.ts";
import { assetRoute } from "./assets.ts";
import { moduleRoutes } from "./module-routes.ts";
import { diagnosticPage, diagnosticsPage } from "./pages/diagnostics.ts";
import { frontPage } from "./pages/front.ts";
import { scopesPage } from "./pages/scopes.ts";
import { type DashboardRoute, nothingAt, publicPage, viewerPage } from "./route.ts";
import { stateRoutes } from "./state-routes.ts";

const described: readonly DashboardRoute[] = [viewerPage("/scopes", scopesPage), ...moduleRoutes, ...stateRoutes];

/** The table. The first route that fits answers. */
export const dashboardRoutes: readonly DashboardRoute[] = [
  assetRoute,
  ...signInRoutes,
  publicPage("/docs/diagnostics", diagnosticsPage),
  publicPage("/docs/diagnostics/:code", diagnosticPage),
  viewerPage("/", frontPage),
  ...described,
  openApiRoute(described),
  // Whatever is not there, so that it is answered as what may not be seen.
  nothingAt("data", "/api/v1/*"),
  nothingAt("page", "/*"),
];
