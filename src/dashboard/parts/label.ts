// Labels: what a thing is, in a word or two.
import type { CatalogEntry } from "../../catalog/catalog.ts";
import type { OverrideState } from "../../workspace/override.ts";
import { type Html, html } from "./html.ts";

type Tone = "" | "accent" | "success" | "attention" | "danger" | "done";

/** A label; the title says more to whoever rests on it. */
export function label(text: string, tone: Tone = "", title?: string): Html {
  const names = tone === "" ? "label" : `label ${tone}`;
  return title === undefined
    ? html`<span class="${names}">${text}</span>`
    : html`<span class="${names}" title="${title}">${text}</span>`;
}

/** How an override stands, in words. */
const overrideWords: Readonly<
  Record<OverrideState, { readonly name: string; readonly tone: Tone; readonly title: string }>
> = {
  current: { name: "override", tone: "accent", title: "In step with the file of global that it hides" },
  stale: {
    name: "stale override",
    tone: "attention",
    title: "Global changed the file that it hides since it was last in step",
  },
  redundant: { name: "redundant override", tone: "done", title: "Equal to the file of global that it hides" },
  alone: { name: "stands alone", tone: "", title: "Global has given up the file that it hid" },
};

/** The label of an override. */
export function overrideLabel(state: OverrideState): Html {
  const { name, tone, title } = overrideWords[state];
  return label(name, tone, title);
}

/** Every label of a file: whether it hides another, is hidden, or is held back by a pin. */
export function entryLabels({ overrides, override, hiddenBy, pinned }: CatalogEntry): readonly Html[] {
  return [
    ...(override ? [overrideLabel(override)] : overrides ? [overrideLabel("current")] : []),
    ...(hiddenBy ? [label("hidden", "", `Hidden by the organisation's ${hiddenBy}`)] : []),
    ...(pinned === "current"
      ? [label("pinned", "", "Seen at the revision of global that the organisation is pinned to")]
      : []),
    ...(pinned === "behind"
      ? [label("pinned", "attention", "Global has changed it since the revision that the organisation is pinned to")]
      : []),
  ];
}
