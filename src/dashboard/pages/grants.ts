// Who asks for which scope, and what those say who may let them.
import { grantScope } from "../../acts/grant-scope.ts";
import { refuseRequest } from "../../acts/refuse-request.ts";
import { Fault } from "../../errors.ts";
import { actorName } from "../../workspace/audit.ts";
import { bindingPath } from "../../workspace/binding.ts";
import type { GrantRequest } from "../../workspace/grant-request.ts";
import { sameScope, scopeKey, scopeSlug } from "../../workspace/scope.ts";
import type { Viewer } from "../access/viewer.ts";
import type { DashboardEdges } from "../edges.ts";
import { changeForm } from "../parts/form.ts";
import { lineAddress, repositoryLink } from "../parts/github-link.ts";
import { type Html, html } from "../parts/html.ts";
import { timeAgo } from "../parts/time.ts";
import type { Changed, Page, ScopeChangeRequest, ViewerRequest } from "../route.ts";

/** The requests that a viewer may decide about: for scopes that they may change. */
export async function requestsFor({ store }: Pick<DashboardEdges, "store">, viewer: Viewer): Promise<GrantRequest[]> {
  const writable = (await viewer.scopes()).filter((access) => access.writable !== undefined);
  if (writable.length === 0) return [];
  const keys = new Set(writable.map(({ scope }) => scopeKey(scope)));
  return (await store.grantRequests()).filter(({ scope }) => keys.has(scopeKey(scope)));
}

/** `/grants`. */
export async function grantsPage(edges: DashboardEdges, request: ViewerRequest): Promise<Page> {
  const requests = await requestsFor(edges, request.viewer);
  const waiting = requests.filter(({ refusal }) => refusal === null);
  const refused = requests.filter(({ refusal }) => refusal !== null);
  return {
    title: "Grants",
    body: html`<h1>Requests for a scope</h1>
<p class="muted">A repository asks by its <code>${bindingPath}</code>. Granted, its files are synced into the scope, over and
  over, as they are pushed.</p>
${
  waiting.length === 0
    ? html`<div class="blank"><p>Nobody waits for a scope that you may grant.</p></div>`
    : html`<ul class="box item-list">${waiting.map((one) => requestItem(request, one))}</ul>`
}
${
  refused.length > 0 &&
  html`<h2>Refused</h2>
<p class="muted">Each asks again once its file changes.</p>
<ul class="box item-list">${refused.map((one) => requestItem(request, one))}</ul>`
}`,
  };
}

function requestItem({ viewer, githubServerUrl, now }: ViewerRequest, asked: GrantRequest): Html {
  const { repository, scope, commit, since, refusal } = asked;
  const slug = scopeSlug(scope);
  const fullName = `${repository.owner}/${repository.name}`;
  const file = lineAddress(githubServerUrl, fullName, commit ?? repository.defaultBranch, {
    path: bindingPath,
    line: null,
  });
  const decide = (decision: "grant" | "refuse", button: Html) =>
    changeForm(
      viewer,
      `/scopes/${slug}/grants`,
      html`<input type="hidden" name="repository" value="${repository.id}">
      <input type="hidden" name="decision" value="${decision}">${button}`,
    );
  const name = html`<span class="visually-hidden"> ${slug} to ${fullName}</span>`;
  return html`<li class="box-row request">
  <div>
    <p class="item-title"><strong>${repositoryLink(githubServerUrl, fullName)}</strong>
      <span class="label">${repository.private ? "private" : "public"}</span> asks for
      <a href="/scopes/${slug}"><strong>${slug}</strong></a></p>
    <p class="muted item-meta"><a href="${file}">${bindingPath}</a>${since && html`, ${timeAgo(since, now)}`}${
      refusal && html`, refused by ${actorName(refusal.by)} ${timeAgo(refusal.at, now)}`
    }</p>
  </div>
  <div class="actions">
    ${decide("grant", html`<button class="${refusal === null ? "primary" : ""}">${refusal === null ? "Grant" : "Grant after all"}${name}</button>`)}
    ${refusal === null && decide("refuse", html`<button class="danger">Refuse${name}</button>`)}
  </div>
</li>`;
}

/** `POST /scopes/:scope/grants`: grants the scope to a repository that asks for it, or refuses it. */
export async function grantsChange(edges: DashboardEdges, request: ScopeChangeRequest): Promise<Changed> {
  const { access, writable, form, by } = request;
  const repositoryId = Number(form.get("repository"));
  const asked = (await edges.store.grantRequests()).find(
    ({ repository, scope }) => repository.id === repositoryId && sameScope(scope, access.scope),
  );
  const repository = asked && (await edges.store.repository(repositoryId));
  if (repository === undefined) {
    throw new Fault("nothing-requested", `That repository does not wait for ${access.slug} any more`, {
      remedy: "Load the list of requests again",
    });
  }
  const fullName = `${repository.owner}/${repository.name}`;
  if (form.get("decision") === "grant") {
    await grantScope(edges, writable, { kind: "repository", repository }, by);
    // It feeds the scope in a moment; its page shows how it comes in.
    return {
      goTo: `/scopes/${access.slug}/repositories/${repositoryId}`,
      notice: `Granted ${access.slug} to ${fullName}: its first sync is queued`,
    };
  }
  if (form.get("decision") !== "refuse") throw new Fault("form-refused", "The form says neither grant nor refuse");
  const isRefused = await refuseRequest(edges, writable, repositoryId, by);
  return {
    goTo: "/grants",
    notice: isRefused
      ? `Refused ${access.slug} to ${fullName}: its check run says so`
      : `${fullName} does not wait any more`,
  };
}
