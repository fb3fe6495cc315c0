// The addresses about a scope's modules: pages for people, and the same as JSON.
import { moduleApi } from "./api/modules.ts";
import { overrideApi } from "./api/overrides.ts";
import { modulePage } from "./pages/module.ts";
import { patchOf, rawText } from "./pages/module-text.ts";
import { modulesPage } from "./pages/modules.ts";
import { overridesPage } from "./pages/overrides.ts";
import { costly, type DashboardRoute, scopePage, scopeText } from "./route.ts";

/** In the order in which they are tried. */
export const moduleRoutes: readonly DashboardRoute[] = [
  scopePage("/scopes/:scope", modulesPage),
  costly(scopePage("/scopes/:scope/modules/:path(.+)", modulePage)),
  scopeText("/scopes/:scope/raw/:path(.+)", rawText),
  costly(scopeText("/scopes/:scope/patch/:path(.+)", patchOf)),
  scopePage("/scopes/:scope/overrides", overridesPage),
  ...moduleApi,
  ...overrideApi,
];
