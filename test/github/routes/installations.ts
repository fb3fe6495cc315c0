// Installations, the tokens made for them, and the repositories they reach.
import { installationAnswer, tokenAnswer } from "../answers/app.ts";
import { repositoryAnswer } from "../answers/repository.ts";
import { type Exchange, json, pageOf, type Route } from "../exchange.ts";
import type { Installation } from "../installation.ts";
import { includesAll, type Permissions } from "../permissions.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repository } from "../repository.ts";

interface TokenRequest {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: Permissions;
}

export const installationRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/app/installations",
    access: { as: "app" },
    answer: (exchange) => {
      const { items, headers } = pageOf(exchange, exchange.app.installations);
      return { status: 200, headers, body: items.map(installationAnswer) };
    },
  },
  {
    method: "GET",
    path: "/app/installations/{installation_id}",
    access: { as: "app" },
    answer: (exchange) => json(installationAnswer(named(exchange))),
  },
  {
    method: "POST",
    path: "/app/installations/{installation_id}/access_tokens",
    access: { as: "app" },
    answer: (exchange) => {
      const installation = named(exchange);
      if (installation.isSuspended) throw new Refusal(403, "This installation has been suspended");
      const request = (exchange.body ?? {}) as TokenRequest;
      const permissions = request.permissions ?? installation.permissions;
      if (!includesAll(installation.permissions, permissions)) {
        throw new Refusal(422, "The permissions requested are not granted to this installation.");
      }
      const grant = exchange.github.tokens.issue(installation, permissions, narrowed(installation, request));
      return json(tokenAnswer(grant), 201);
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/installation",
    access: { as: "app" },
    answer: ({ app, repository }) => found(app.installations.find((installation) => installation.reaches(repository))),
  },
  {
    method: "GET",
    path: "/orgs/{org}/installation",
    access: { as: "app" },
    answer: ({ app, path }) => found(app.installations.find(on(path.org, "Organization"))),
  },
  {
    method: "GET",
    path: "/users/{username}/installation",
    access: { as: "app" },
    answer: ({ app, path }) => found(app.installations.find(on(path.username, "User"))),
  },
  {
    method: "GET",
    path: "/installation/repositories",
    access: { as: "installation" },
    answer: (exchange) => {
      const { caller, installation } = exchange;
      const ids = caller.kind === "installation" ? caller.grant.repositoryIds : undefined;
      const reached = installation.repositories.filter(({ id }) => ids === undefined || ids.has(id));
      const { items, headers } = pageOf(exchange, reached);
      const body = {
        total_count: reached.length,
        repository_selection: ids === undefined ? installation.selection : "selected",
        repositories: items.map(repositoryAnswer),
      };
      return { status: 200, headers, body };
    },
  },
];

function named({ app, path }: Exchange): Installation {
  const installation = app.installations.find(({ id }) => id === Number(path.installation_id));
  if (installation === undefined) throw notFound();
  return installation;
}

function found(installation: Installation | undefined) {
  if (installation === undefined) throw notFound();
  return json(installationAnswer(installation));
}

function on(login: string | undefined, type: "Organization" | "User") {
  return ({ account }: Installation) => account.type === type && account.login.toLowerCase() === login?.toLowerCase();
}

/** The repositories that a token is narrowed to; refuses those that the installation does not reach. */
function narrowed(installation: Installation, request: TokenRequest): Repository[] | undefined {
  if (request.repositories === undefined && request.repository_ids === undefined) return undefined;
  const find = (matches: (repository: Repository) => boolean) => {
    const repository = installation.repositories.find(matches);
    if (repository !== undefined) return repository;
    throw new Refusal(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  };
  return [
    ...(request.repositories ?? []).map((name) => find((repository) => repository.name === name)),
    ...(request.repository_ids ?? []).map((id) => find((repository) => repository.id === id)),
  ];
}
