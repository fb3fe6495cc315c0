// The scopes that the viewer sees.
import type { DashboardEdges } from "../edges.ts";
import { html } from "../parts/html.ts";
import type { Page, ViewerRequest } from "../route.ts";

/** `/scopes`. */
export async function scopesPage(_edges: DashboardEdges, { viewer }: ViewerRequest): Promise<Page> {
  const scopes = await viewer.scopes();
  return {
    title: "Scopes",
    body: html`<h1>Scopes</h1>
<table class="list">
  <thead><tr><th scope="col">Scope</th><th scope="col">Name</th><th scope="col">You may</th></tr></thead>
  <tbody>
  ${scopes.map(
    ({ slug, name, writable }) => html`<tr>
      <th scope="row"><a href="/scopes/${slug}">${slug}</a></th><td>${name}</td><td>${writable ? "change" : "read"}</td>
    </tr>`,
  )}
  </tbody>
</table>`,
  };
}
