// How much a difference is: lines that came, lines that went, and five squares for a glance.
import { type Html, html } from "./html.ts";

/** Lines added and removed. */
export function diffStat({ added, removed }: { readonly added: number; readonly removed: number }): Html {
  const total = added + removed;
  const squares = Math.min(5, total);
  const green = total === 0 ? 0 : Math.round((added / total) * squares);
  return html`<span class="diff-stat"><span class="added">+${added}</span> <span class="removed">−${removed}</span>
<span aria-hidden="true" class="squares">${Array.from({ length: 5 }, (_, index) => {
    const kind = index < green ? "added" : index < squares ? "removed" : "none";
    return html`<i class="${kind}"></i>`;
  })}</span></span>`;
}
