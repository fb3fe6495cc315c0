// What people see where there is nothing to see, or where something failed.
import { type Fault, faults } from "../../errors.ts";
import { html } from "../parts/html.ts";
import type { Page } from "../route.ts";

/** The page of an address that is not there, and of everything that the viewer may not see. */
export const notFoundPage: Page = {
  title: "Not found",
  status: 404,
  body: html`<div class="blank">
  <h1>There is nothing at this address</h1>
  <p>It does not exist, or you cannot read a repository that feeds it. Access follows your access on GitHub, and is asked
    for again within a minute.</p>
  <p><a href="/scopes">The scopes that you see</a></p>
</div>`,
};

/** The page that tells of a fault, in the fault's own words. */
export function faultPage(fault: Fault, requestId: string): Page {
  const { status } = faults[fault.code];
  return {
    title: "That did not work",
    status,
    body: html`<div class="blank">
  <h1>That did not work</h1>
  <p>${fault.message}.</p>
  <p>${fault.remedy}.</p>
  ${status >= 500 ? html`<p class="muted">Request <code>${requestId}</code></p>` : ""}
</div>`,
  };
}
