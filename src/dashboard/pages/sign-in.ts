// Where people sign in, and what they see where that did not work.
import { type Fault, faults } from "../../errors.ts";
import { withQuery } from "../addresses.ts";
import { type Html, html } from "../parts/html.ts";
import type { Page } from "../route.ts";

/** `/login`. */
export function signInPage({ returnTo, isOut }: { readonly returnTo: string; readonly isOut: boolean }): Page {
  return {
    title: "Sign in",
    body: html`<div class="blank">
  ${isOut ? html`<p class="notice" role="status">You are signed out.</p>` : ""}
  <h1>Bifrost Modules</h1>
  <p>Every organisation's own layer of modules over the global one: what is overridden, how it differs, what changed when,
    and where each repository stands.</p>
  ${signInLink(returnTo)}
  <p class="muted">You see the scopes of the repositories that you can read on GitHub. Nothing is written in your name.</p>
</div>`,
  };
}

/** A sign-in that did not work: why, and the way to try again. */
export function signInRefusedPage(refused: {
  readonly why: string;
  readonly fault?: Fault | undefined;
  readonly returnTo: string;
}): Page {
  const { why, fault, returnTo } = refused;
  return {
    title: "Not signed in",
    status: fault === undefined ? 400 : faults[fault.code].status,
    body: html`<div class="blank">
  <h1>You are not signed in</h1>
  <p>${why}.</p>
  ${fault === undefined ? "" : html`<p>${fault.remedy}.</p>`}
  ${signInLink(returnTo)}
</div>`,
  };
}

function signInLink(returnTo: string): Html {
  const path = withQuery("/login/github", { return: returnTo === "/" ? undefined : returnTo });
  return html`<p><a class="button primary" href="${path}">Sign in with GitHub</a></p>`;
}
