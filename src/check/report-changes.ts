// What a check says of the scope after the merge: file by file, and what the sync that follows will do.
import { needsApproval } from "../workspace/guard.ts";
import { count, markdownCode } from "../workspace/markdown.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { Change } from "./changes.ts";
import type { Overlay } from "./overlay.ts";

/** What a change does, as a line of Markdown. */
export function changeLine({ kind, path, lines, below, isNewOverride }: Change): string {
  const file = markdownCode(path);
  const other = below && markdownCode(`${scopeSlug(below.scope)}/${below.path}`);
  const both = lines && `+${lines.added} −${lines.removed}`;
  switch (kind) {
    case "added": {
      const whole = lines && count(lines.added, "line");
      if (other === undefined) return `adds ${file}${whole ? `, ${whole}` : ""}`;
      const how = isNewOverride ? `**now overrides** ${other}${both ? `, ${both}` : ""}` : `overrides ${other}`;
      return `adds ${file}: ${how}`;
    }
    case "changed":
      return `changes ${file}${both ? `, ${both}` : ""}${other ? `; it overrides ${other}` : ""}`;
    case "removed": {
      const whole = lines && count(lines.removed, "line");
      const instead = other ? `: imports **fall through** to ${other}` : "";
      return `removes ${file}${whole ? `, ${whole}` : ""}${instead}`;
    }
    default:
      throw kind satisfies never;
  }
}

export interface NextSync {
  readonly merged: Overlay;
  readonly scope: string;
  /** The head of the branch is checked before it is synced. */
  readonly isGated: boolean;
  /** It changes which revision of global the scope sees, and that makes a revision by itself. */
  readonly isRepinned: boolean;
}

/** A sentence about the sync that follows the merge. */
export function nextSync({ merged, scope, isGated, isRepinned }: NextSync): string {
  const { added, changed, removed, before, source, conflicts } = merged;
  const writes = added.length + changed.length;
  const name = markdownCode(scope);
  const revision = source.revision[scope] ?? 0;
  if (writes + removed.length === 0 && !isRepinned)
    return `The next sync changes nothing in ${name}: it stays at revision ${revision}.`;
  const live = before.layers[0]?.files.size ?? 0;
  const parts = [
    ...(writes > 0 ? [`writes ${count(writes, "file")}`] : []),
    ...(removed.length > 0 ? [`deletes ${count(removed.length, "file")}`] : []),
    ...(isRepinned ? ["changes the pin"] : []),
  ];
  const does = parts.join(" and ");
  const refused = conflicts.length > 0 ? `, and refuses ${count(conflicts.length, "path")} of other repositories` : "";
  if (needsApproval(removed.length, live)) {
    return `**The next sync will be held**: it would delete ${removed.length} of the ${count(live, "file")} of ${name}, and somebody has to approve that. Then it ${does}${refused}.`;
  }
  const gate = isGated ? ", once the check of that commit has passed" : "";
  return `The next sync ${does}${refused}: ${name} goes to revision ${revision + 1}${gate}.`;
}
