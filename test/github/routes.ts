// Every route that the emulator answers, gathered from routes/.
import type { Route } from "./exchange.ts";
import { newAppRoutes } from "./pages/new-app.ts";
import { signInRoutes } from "./pages/sign-in.ts";
import { appRoutes } from "./routes/app.ts";
import { archiveRoutes } from "./routes/archive.ts";
import { checkRunRoutes } from "./routes/check-runs.ts";
import { checkSuiteRoutes } from "./routes/check-suites.ts";
import { commitRoutes } from "./routes/commits.ts";
import { contentRoutes } from "./routes/contents.ts";
import { deliveryRoutes } from "./routes/deliveries.ts";
import { gitDatabaseRoutes } from "./routes/git-database.ts";
import { installationRoutes } from "./routes/installations.ts";
import { pullRequestRoutes } from "./routes/pull-requests.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { userRoutes } from "./routes/users.ts";

export const routes: readonly Route[] = [
  ...appRoutes,
  ...installationRoutes,
  ...deliveryRoutes,
  ...repositoryRoutes,
  ...gitDatabaseRoutes,
  ...archiveRoutes,
  ...contentRoutes,
  ...commitRoutes,
  ...pullRequestRoutes,
  ...checkRunRoutes,
  ...checkSuiteRoutes,
  ...userRoutes,
  ...signInRoutes,
  ...newAppRoutes,
];
