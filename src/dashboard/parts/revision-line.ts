// A revision as people read it: what it changed, who made it, when and by which commit.
import { actorName } from "../../workspace/audit.ts";
import { count } from "../../workspace/markdown.ts";
import type { Revision } from "../../workspace/revision.ts";
import type { TimelineEntry } from "../timeline.ts";
import { commitLink, repositoryLink } from "./github-link.ts";
import { type Html, html } from "./html.ts";
import { timeAgo } from "./time.ts";

/** What it changed, in words. */
export function changeWords({ upserts, deletes }: Pick<Revision, "upserts" | "deletes">): string {
  const parts = [
    ...(upserts > 0 ? [`${count(upserts, "file")} written`] : []),
    ...(deletes > 0
      ? [upserts > 0 ? `${deletes.toLocaleString("en")} deleted` : `${count(deletes, "file")} deleted`]
      : []),
  ];
  return parts.length === 0 ? "no file changed" : parts.join(", ");
}

/** Releases and remarks, each as a label. */
export function revisionLabels({ releases, remarks }: TimelineEntry): Html {
  return html`${releases.map((name) => html`<span class="label accent">${name}</span> `)}${remarks.map(
    (remark) => html`<span class="label ${remark.includes("rollback") ? "attention" : ""}">${remark}</span> `,
  )}`;
}

/** Commit, author, repository and time. */
export function revisionMeta({ revision, repository }: TimelineEntry, server: string, now: Date): Html {
  const { commit, author, createdAt } = revision;
  return html`${commit && html`${commitLink(server, repository, commit)} `}${author && html`by ${actorName(author)} `}${
    repository && html`from ${repositoryLink(server, repository)} `
  }${timeAgo(createdAt, now)}`;
}
