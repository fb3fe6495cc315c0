// What an app asks as itself: who it is and what the rate limit leaves.
import { appAnswer } from "../answers/app.ts";
import { json, type Route } from "../exchange.ts";

export const appRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/app",
    access: { as: "app" },
    answer: ({ app }) => json({ ...appAnswer(app), installations_count: app.installations.length }),
  },
  {
    method: "GET",
    path: "/app/hook/config",
    access: { as: "app" },
    answer: ({ app }) =>
      json({
        content_type: app.webhookContentType,
        insecure_ssl: app.webhookVerifiesCertificate ? "0" : "1",
        // GitHub shows that there is a secret and not which.
        ...(app.webhookSecret === "" ? {} : { secret: "********" }),
        ...(app.webhookUrl === undefined ? {} : { url: app.webhookUrl }),
      }),
  },
  {
    method: "GET",
    path: "/rate_limit",
    access: { as: "anyone" },
    answer: ({ github, caller }) => {
      const key = caller.kind === "installation" ? `installation ${caller.grant.installation.id}` : caller.kind;
      const { limit, remaining, resetAtMs } = github.rateLimits.of(key);
      const core = { limit, remaining, used: limit - remaining, reset: Math.ceil(resetAtMs / 1000) };
      return json({ resources: { core, graphql: core, search: core }, rate: core });
    },
  },
];
