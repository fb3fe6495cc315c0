// A form that changes something. It brings along the token that tells it from a form on another site.
import type { Viewer } from "../access/viewer.ts";
import { type Html, html } from "./html.ts";

/** The field that every changing form has. */
export const formTokenField = "form-token";

/** A form that is sent to `action` by the viewer for whom the page is made. */
export function changeForm(viewer: Viewer, action: string, content: Html): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="${formTokenField}" value="${viewer.formToken}">${content}
  </form>`;
}
