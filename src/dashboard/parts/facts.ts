// Labels with what they stand for.
import { type Html, html } from "./html.ts";

/** A list of them. A fact without a label goes on with the one above. */
export function factList(facts: readonly (readonly [label: string, value: Html | string])[]): Html {
  const grouped: { readonly label: string; readonly values: (Html | string)[] }[] = [];
  for (const [label, value] of facts) {
    const last = grouped.at(-1);
    if (label === "" && last !== undefined) last.values.push(value);
    else grouped.push({ label, values: [value] });
  }
  return html`<dl class="facts">${grouped.map(
    ({ label, values }) => html`<div><dt>${label}</dt>${values.map((value) => html`<dd>${value}</dd>`)}</div>`,
  )}</dl>`;
}
