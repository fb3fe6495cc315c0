// Addresses about how a scope stands and how it came to that: revisions, repositories, requests, reports, the record.
import { auditApi } from "./api/audit.ts";
import { checksApi } from "./api/checks.ts";
import { grantsApi } from "./api/grants.ts";
import { repositoriesApi } from "./api/repositories.ts";
import { revisionsApi } from "./api/revisions.ts";
import { scopesApi } from "./api/scopes.ts";
import { auditPage } from "./pages/audit.ts";
import { checkReportPage, looseReportPage } from "./pages/check-report.ts";
import { checksPage } from "./pages/checks.ts";
import { comparePage } from "./pages/compare.ts";
import { grantsChange, grantsPage } from "./pages/grants.ts";
import { repositoriesPage } from "./pages/repositories.ts";
import { repositoryPage } from "./pages/repository.ts";
import { approveChange, syncChange } from "./pages/repository-changes.ts";
import { repositoryEvents } from "./pages/repository-events.ts";
import { revisionPage } from "./pages/revision.ts";
import { revisionsPage } from "./pages/revisions.ts";
import { releaseChange, releasePage, rollbackChange, rollbackPage } from "./pages/rollback.ts";
import {
  adminPage,
  costly,
  type DashboardRoute,
  operatorPage,
  scopeChange,
  scopePage,
  scopeStream,
  viewerPage,
} from "./route.ts";

const scope = "/scopes/:scope";
const repository = `${scope}/repositories/:repository` as const;
const report = "checks/:repository/:commit/:subject";

export const stateRoutes: readonly DashboardRoute[] = [
  scopePage(`${scope}/revisions`, revisionsPage),
  costly(scopePage(`${scope}/revisions/:revision`, revisionPage)),
  costly(scopePage(`${scope}/compare`, comparePage)),
  adminPage(`${scope}/rollback`, rollbackPage),
  scopeChange(`${scope}/rollback`, rollbackChange),
  adminPage(`${scope}/release`, releasePage),
  scopeChange(`${scope}/release`, releaseChange),
  scopePage(`${scope}/repositories`, repositoriesPage),
  scopePage(repository, repositoryPage),
  scopeStream(`${repository}/events`, repositoryEvents),
  scopeChange(`${repository}/sync`, syncChange),
  scopeChange(`${repository}/approve`, approveChange),
  scopePage(`${scope}/checks`, checksPage),
  scopePage(`${scope}/${report}`, checkReportPage),
  viewerPage(`/${report}`, looseReportPage),
  viewerPage("/grants", grantsPage),
  scopeChange(`${scope}/grants`, grantsChange),
  operatorPage("/audit", auditPage),
  ...[scopesApi, revisionsApi, repositoriesApi, checksApi, grantsApi, auditApi].flat(),
];
