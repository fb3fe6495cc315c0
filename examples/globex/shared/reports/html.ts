// A report as HTML.
import { counted, shorten } from "shared/text";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function render(summaries: readonly string[]): string {
  const items = summaries.map((summary) => `<li>${escaped(shorten(summary))}</li>`);
  return `<h1>${counted(summaries.length, "ticket")}</h1><ul>${items.join("")}</ul>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
