// `/`: the scopes of whoever sees some, and the way to the first one for whoever sees none.
import type { PageEdges } from "../edges.ts";
import { type Html, html } from "../parts/html.ts";
import type { Page, ViewerRequest } from "../route.ts";
import { scopesPage } from "./scopes.ts";

/** `/`. */
export async function frontPage(edges: PageEdges, request: ViewerRequest): Promise<Page> {
  const listed = await request.viewer.listed();
  const { total } = await edges.store.scopeFacts({ ...listed, search: "", limit: 1, offset: 0 });
  // Global is there from the start; an operator who sees nothing else has no organisation yet.
  const isNew = total <= (request.viewer.isOperator ? 1 : 0);
  return isNew ? await firstStepsPage(edges, request) : await scopesPage(edges, request);
}

async function firstStepsPage({ app, log }: PageEdges, { viewer }: ViewerRequest): Promise<Page> {
  const facts = await app.facts().catch((error: unknown) => {
    log.warn({ err: error }, "the app's page is not known");
    return undefined;
  });
  const install = facts && `${facts.pageUrl}/installations/new`;
  return {
    title: "First steps",
    body: html`<h1>Bind your first repository</h1>
<p>${
      viewer.isOperator
        ? "There is no organisation yet. A repository feeds one once these three things are done."
        : "You see no scope yet. A repository feeds one once these three things are done."
    }</p>
<ol class="steps">
  <li>
    <h2>Install the app on the repository</h2>
    ${
      install === undefined
        ? html`<p>GitHub does not say now where: open the app's page there.</p>`
        : html`<p><a class="button primary" href="${install}">Install on GitHub</a></p>`
    }
  </li>
  <li>
    <h2>Add <code>.github/bifrost.yml</code> to its default branch</h2>
    <pre><code>scope: acme   # your organisation's slug, or global
root: .       # the folder that holds the modules</code></pre>
  </li>
  <li>
    <h2>${viewer.isOperator ? "Create the organisation and grant the request" : "Ask for the grant"}</h2>
    ${viewer.isOperator ? operatorsStep() : authorsStep()}
  </li>
</ol>`,
  };
}

function operatorsStep(): Html {
  return html`<pre><code>bifrost org create acme --name "Acme"
bifrost grant acme OWNER/REPO</code></pre>
<p>What was asked for waits under <a href="/grants">Grants</a> too.</p>`;
}

function authorsStep(): Html {
  return html`<p>The check run <code>bifrost/sync</code> on your next push names the command for it. Send it to whoever operates
    Bifrost here, or to an admin of a repository that feeds the scope already: they find your request under Grants. Once it
    is granted, the scope appears here within a minute.</p>`;
}
