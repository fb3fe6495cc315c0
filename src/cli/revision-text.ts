// Revisions as the commands that look at the past print them.
import type { Revision } from "../workspace/revision.ts";

/** `revision 5, 3f2a9c1 by Ada, 2026-03-01T12:00:00Z`. */
export function revisionText({ number, commit, author, createdAt }: Revision): string {
  const by = [commit?.slice(0, 7), author === null ? undefined : `by ${author}`].filter((part) => part !== undefined);
  return [`revision ${number}`, ...(by.length > 0 ? [by.join(" ")] : []), timeText(createdAt)].join(", ");
}

/** A moment to the second, in UTC. */
export function timeText(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
