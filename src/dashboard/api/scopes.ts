// The scopes that the viewer sees, as JSON.
import { z } from "zod";
import { type DashboardRoute, viewerData } from "../route.ts";

const scope = z
  .object({
    scope: z.string().meta({ description: "An organisation's slug, or global" }),
    name: z.string(),
    mayChange: z.boolean(),
  })
  .meta({ id: "Scope" });

export const scopesApi: readonly DashboardRoute[] = [
  viewerData(
    "/api/v1/scopes",
    { summary: "The scopes that you see", answer: z.object({ items: z.array(scope) }) },
    async (_edges, { viewer }) => {
      const items = (await viewer.scopes()).map(({ slug, name, writable }) => ({
        scope: slug,
        name,
        mayChange: writable !== undefined,
      }));
      return { body: { items } };
    },
  ),
];
