// A scope is taken back to a past revision, or let go again: first what will change, then the change.
import { releaseScope, rollBackScope } from "../../acts/roll-back.ts";
import { Fault } from "../../errors.ts";
import { count } from "../../workspace/markdown.ts";
import { pinName } from "../../workspace/pin.ts";
import type { Repository } from "../../workspace/repository.ts";
import { changeOf, filesBetween } from "../compare-revisions.ts";
import type { DashboardEdges } from "../edges.ts";
import { changeForm } from "../parts/form.ts";
import { type Html, html } from "../parts/html.ts";
import { revisionLabels, revisionMeta } from "../parts/revision-line.ts";
import type { Changed, Page, ScopeChangeRequest, ScopeRequest } from "../route.ts";
import { revisionNumber, timelineEntry } from "../timeline.ts";

const namesMax = 200;

/** `GET /scopes/:scope/rollback?to=`: says what a rollback would do; left out, to the revision before the latest. */
export async function rollbackPage(edges: DashboardEdges, request: ScopeRequest): Promise<Page | undefined> {
  const { access, url, viewer, githubServerUrl, now } = request;
  const { granted, slug } = access;
  const latest = (await edges.store.revisions(granted, 1))[0]?.number ?? 0;
  const entry = await timelineEntry(edges, granted, url.searchParams.get("to") ?? `${Math.max(1, latest - 1)}`);
  if (entry === undefined) return undefined;
  const target = entry.revision.number;
  const [files, pin, feeding] = await Promise.all([
    filesBetween(edges, granted, { from: latest, to: target }),
    edges.store.pinOf(granted),
    feedingRepositories(edges, request),
  ]);
  const changes = files.map(changeOf);
  const of = (kind: string) => changes.filter((change) => change.kind === kind).length;
  const pinAfter = entry.revision.pin;
  return {
    title: `Roll back to revision ${target}`,
    body: html`<h1>Roll ${slug} back to revision ${target}?</h1>
<p>${revisionLabels(entry)} <span class="muted">${revisionMeta(entry, githubServerUrl, now)}</span></p>
<p>A new revision ${latest + 1} is made that equals revision ${target}, for everyone at once. The past stays as it is.</p>
<h2>What changes</h2>
<dl class="counts"><div><dt>brought back</dt><dd>${of("added")}</dd></div><div><dt>changed back</dt><dd>${of("changed") + of("renamed")}</dd></div>
  <div><dt>deleted</dt><dd>${of("deleted")}</dd></div></dl>
${
  files.length === 0
    ? html`<p>No file differs.</p>`
    : html`<details class="paths" ${files.length <= 20 ? "open" : ""}><summary>${count(files.length, "file")}</summary><ul class="plain-list">${changes
        .slice(0, namesMax)
        .map(
          ({ kind, from, to }) =>
            html`<li><span class="change ${kind}">${words[kind]}</span> <span class="path">${kind === "renamed" ? `${from} → ${to}` : (to ?? from)}</span></li>`,
        )}${changes.length > namesMax && html`<li class="muted">and ${(changes.length - namesMax).toLocaleString("en")} more</li>`}</ul></details>
  <p><a href="/scopes/${slug}/compare?from=${latest}&amp;to=${target}">The differences, line by line</a></p>`
}
${
  pin?.revision !== pinAfter?.revision &&
  html`<p>The pin goes along: ${
    pinAfter === null ? `${slug} follows global again` : `${slug} is pinned to ${pinName(pinAfter)} of global`
  }, where it ${pin === null ? "follows global now" : `is pinned to ${pinName(pin)} now`}.</p>`
}
<h2>What stops</h2>
${
  feeding.length === 0
    ? html`<p>No repository feeds ${slug}.</p>`
    : html`<p>Until it is released, nothing that is pushed to ${feeding.length === 1 ? "this repository" : "these repositories"}
  is synced, and their check runs say so:</p>${nameList(feeding)}`
}
${changeForm(
  viewer,
  `/scopes/${slug}/rollback`,
  html`<input type="hidden" name="to" value="${target}"><input type="hidden" name="at" value="${latest}">
  <p class="actions"><button class="danger">Roll back to revision ${target}</button>
  <a class="button" href="/scopes/${slug}/revisions">Cancel</a></p>`,
)}`,
  };
}

const words = { added: "brought back", changed: "changed back", renamed: "renamed back", deleted: "deleted" } as const;

/** `POST /scopes/:scope/rollback`. */
export async function rollbackChange(edges: DashboardEdges, request: ScopeChangeRequest): Promise<Changed> {
  const { access, writable, form, by } = request;
  const { slug, granted } = access;
  const target = revisionNumber(form.get("to"));
  if (target === undefined) throw new Fault("form-refused", "The form names no revision");
  const latest = (await edges.store.revisions(granted, 1))[0]?.number ?? 0;
  if (form.get("at") !== `${latest}`) {
    return {
      goTo: `/scopes/${slug}/rollback?to=${target}`,
      notice: `${slug} has come to revision ${latest} meanwhile. Look again at what will change`,
    };
  }
  const { revision, upserts, deletes } = await rollBackScope(edges, writable, target, by);
  return {
    goTo: `/scopes/${slug}/revisions`,
    notice: `${slug} is at revision ${revision}, which equals revision ${target}: ${count(upserts.length, "file")} brought back, ${deletes.length} deleted`,
  };
}

/** `GET /scopes/:scope/release`: says what the end of a rollback would do. */
export async function releasePage(edges: DashboardEdges, request: ScopeRequest): Promise<Page | undefined> {
  const { access, viewer } = request;
  const { granted, slug } = access;
  const [rollback, feeding] = await Promise.all([edges.store.rollbackOf(granted), feedingRepositories(edges, request)]);
  if (rollback === null) {
    return {
      title: "Release",
      body: html`<h1>${slug} is not rolled back</h1><p>It follows its repositories.
        <a href="/scopes/${slug}/revisions">Its revisions</a></p>`,
    };
  }
  return {
    title: "Release",
    body: html`<h1>Release ${slug}?</h1>
<p>It was rolled back to revision ${rollback.target}. Released, it follows its repositories again.</p>
<h2>What happens</h2>
${
  feeding.length === 0
    ? html`<p>No repository feeds it.</p>`
    : html`<p>${feeding.length === 1 ? "This repository is" : "These repositories are"} synced to ${feeding.length === 1 ? "its head" : "their heads"}.
  A head that deletes much is held, as after any push:</p>${nameList(feeding)}`
}
<p>What a repository that feeds it no longer had brought is what it was at revision ${rollback.revision - 1}, before the rollback.</p>
${changeForm(
  viewer,
  `/scopes/${slug}/release`,
  html`<p class="actions"><button class="primary">Release</button>
  <a class="button" href="/scopes/${slug}/revisions">Cancel</a></p>`,
)}`,
  };
}

/** `POST /scopes/:scope/release`. */
export async function releaseChange(edges: DashboardEdges, request: ScopeChangeRequest): Promise<Changed> {
  const { access, writable, by } = request;
  const { followers } = await releaseScope(edges, writable, by);
  return {
    goTo: `/scopes/${access.slug}/repositories`,
    notice: `${access.slug} follows its repositories again. Syncs are queued: ${followers.length}`,
  };
}

async function feedingRepositories({ store }: DashboardEdges, { access }: ScopeRequest): Promise<Repository[]> {
  return (await store.repositoriesOf(access.granted)).filter(({ state }) => state !== "detached");
}

function nameList(repositories: readonly Repository[]): Html {
  return html`<ul class="plain-list">${repositories.map(({ owner, name }) => html`<li>${owner}/${name}</li>`)}</ul>`;
}
