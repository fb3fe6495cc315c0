// What state something is in, in a word and a colour. The word says it; the colour only helps.
import type { RepositoryStatus } from "../../workspace/standing.ts";
import { type Html, html } from "./html.ts";

const kinds: Readonly<Record<RepositoryStatus, "" | "accent" | "success" | "attention" | "danger">> = {
  well: "success",
  "in-progress": "accent",
  waiting: "accent",
  "rate-limited": "attention",
  "head-unknown": "attention",
  failing: "attention",
  failed: "danger",
  held: "attention",
  gated: "attention",
  "rolled-back": "attention",
  pending: "attention",
  refused: "danger",
  unbound: "",
  detached: "",
  suspended: "",
  archived: "",
  conflicting: "danger",
  "out-of-step": "danger",
};

/** Where a repository stands. */
export function statusLabel(status: RepositoryStatus): Html {
  return html`<span class="label ${kinds[status]}">${status.replaceAll("-", " ")}</span>`;
}

const conclusions: Readonly<Record<string, readonly [kind: string, text: string]>> = {
  success: ["success", "passed"],
  failure: ["danger", "failed"],
  action_required: ["attention", "action required"],
};

/** What a check run came to. */
export function conclusionLabel(conclusion: string): Html {
  const [kind, text] = conclusions[conclusion] ?? ["", conclusion];
  return html`<span class="label ${kind}">${text}</span>`;
}
