// What people see of GitHub by the token that they gave the app, and how the app gives it back.
import type { Account } from "../account.ts";
import { simpleUser } from "../answers/account.ts";
import { installationAnswer } from "../answers/app.ts";
import { repositoryAnswer } from "../answers/repository.ts";
import { type Exchange, json, pageOf, type Route } from "../exchange.ts";
import { apiTime } from "../identifiers.ts";
import type { Installation } from "../installation.ts";
import { notFound, Refusal } from "../refusal.ts";
import { isJsonObject } from "../schema.ts";

export const userRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/user",
    access: { as: "user" },
    answer: ({ user }) => json(publicUser(user)),
  },
  {
    method: "GET",
    path: "/user/installations",
    access: { as: "user" },
    answer: (exchange) => {
      const visible = exchange.app.installations.filter((one) => readable(one, exchange.user).length > 0);
      const { items, headers } = pageOf(exchange, visible);
      const body = { total_count: visible.length, installations: items.map(installationAnswer) };
      return { status: 200, headers, body };
    },
  },
  {
    method: "GET",
    path: "/user/installations/{installation_id}/repositories",
    access: { as: "user" },
    answer: (exchange) => {
      const { app, user, path } = exchange;
      const installation = app.installations.find(({ id }) => id === Number(path.installation_id));
      const repositories = installation ? readable(installation, user) : [];
      if (installation === undefined || repositories.length === 0) throw notFound();
      if (installation.isSuspended) throw new Refusal(403, "This installation has been suspended");
      const { items, headers } = pageOf(exchange, repositories);
      const body = {
        total_count: repositories.length,
        repository_selection: installation.selection,
        repositories: items.map((one) => ({ ...repositoryAnswer(one), permissions: one.permissionsOf(user) })),
      };
      return { status: 200, headers, body };
    },
  },
  {
    method: "DELETE",
    path: "/applications/{client_id}/token",
    access: { as: "client" },
    answer: (exchange) => {
      exchange.github.userTokens.revoke(named(exchange));
      return { status: 204 };
    },
  },
  {
    method: "DELETE",
    path: "/applications/{client_id}/grant",
    access: { as: "client" },
    answer: (exchange) => {
      const { app, user } = named(exchange);
      exchange.github.userTokens.revokeAll(app, user);
      return { status: 204 };
    },
  },
];

function readable(installation: Installation, user: Account) {
  return installation.repositories.filter((repository) => repository.isSharedWith(user));
}

function named({ github, app, path, body }: Exchange) {
  const token = isJsonObject(body) ? String(body.access_token) : "";
  const grant = github.userTokens.find(token);
  if (grant === undefined || grant.app !== app || app.clientId !== path.client_id) {
    throw new Refusal(422, "Validation Failed");
  }
  return grant;
}

function publicUser(user: Account) {
  const unsaid = { name: null, company: null, blog: "", location: null, email: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const at = apiTime(user.createdAt);
  return { ...simpleUser(user), ...unsaid, ...counts, created_at: at, updated_at: at };
}
