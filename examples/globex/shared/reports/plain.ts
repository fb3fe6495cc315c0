// A report as plain text.
import { counted, shorten } from "shared/text";

export function render(summaries: readonly string[]): string {
  return [counted(summaries.length, "ticket"), ...summaries.map((summary) => `- ${shorten(summary)}`)].join("\n");
}
