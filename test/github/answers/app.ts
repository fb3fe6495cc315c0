// Apps, their installations and tokens as the API writes them.
import { apiTime, apiTimeOrNull, nodeId } from "../identifiers.ts";
import type { Installation } from "../installation.ts";
import type { RegisteredApp } from "../registered-app.ts";
import type { TokenGrant } from "../tokens.ts";
import { simpleUser } from "./account.ts";
import { repositoryAnswer } from "./repository.ts";

/** An app, as it stands in check runs and as it sees itself. */
export function appAnswer(app: RegisteredApp) {
  return {
    id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    node_id: nodeId("A", app.id),
    owner: simpleUser(app.owner),
    name: app.name,
    description: "",
    external_url: `${app.github.serverUrl}/apps/${app.slug}`,
    html_url: `${app.github.serverUrl}/apps/${app.slug}`,
    created_at: apiTime(app.createdAt),
    updated_at: apiTime(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

/** An installation, as the API and the webhooks show it. */
export function installationAnswer(installation: Installation) {
  const { account, app, github, id, suspendedBy } = installation;
  const page = account.type === "Organization" ? `/organizations/${account.login}` : "";
  return {
    id,
    client_id: app.clientId,
    account: simpleUser(account),
    repository_selection: installation.selection,
    access_tokens_url: `${github.apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${github.apiUrl}/installation/repositories`,
    html_url: `${github.serverUrl}${page}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: app.events,
    created_at: apiTime(installation.createdAt),
    updated_at: apiTime(installation.updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: suspendedBy === undefined ? null : simpleUser(suspendedBy),
    suspended_at: apiTimeOrNull(installation.suspendedAt),
  };
}

/** A fresh installation token. */
export function tokenAnswer(grant: TokenGrant) {
  const { installation, repositoryIds } = grant;
  return {
    token: grant.token,
    expires_at: apiTime(grant.expiresAt),
    permissions: grant.permissions,
    repository_selection: repositoryIds === undefined ? installation.selection : "selected",
    ...(repositoryIds === undefined
      ? {}
      : {
          repositories: installation.repositories
            .filter((repository) => repositoryIds.has(repository.id))
            .map(repositoryAnswer),
        }),
  };
}
