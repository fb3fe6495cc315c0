// Requests for scopes that the viewer may grant, as JSON.
import { z } from "zod";
import { scopeSlug } from "../../workspace/scope.ts";
import { requestsFor } from "../pages/grants.ts";
import { type DashboardRoute, viewerData } from "../route.ts";
import { moment, sha } from "./moment.ts";

const request = z
  .object({
    repositoryId: z.number().int(),
    repository: z.string(),
    private: z.boolean(),
    scope: z.string(),
    commit: sha.nullable().meta({ description: "The one whose file asks" }),
    since: moment.nullable(),
    refusal: z.object({ by: z.string(), at: moment }).nullable(),
  })
  .meta({ id: "GrantRequest" });

export const grantsApi: readonly DashboardRoute[] = [
  viewerData(
    "/api/v1/grants",
    {
      summary: "Repositories that ask for a scope that you may grant",
      answer: z.object({ items: z.array(request) }),
    },
    async (edges, { viewer }) => {
      const requests = await requestsFor(edges, viewer);
      const items = requests.map(({ repository, scope, commit, since, refusal }) => ({
        repositoryId: repository.id,
        repository: `${repository.owner}/${repository.name}`,
        private: repository.private,
        scope: scopeSlug(scope),
        commit,
        since,
        refusal,
      }));
      return { body: { items } };
    },
  ),
];
