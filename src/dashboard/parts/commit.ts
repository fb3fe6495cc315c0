// Who made a revision, and by which commit, as a line with links to GitHub.
import type { NameOf } from "../../history/repository-names.ts";
import type { Revision } from "../../workspace/revision.ts";
import { type Html, html } from "./html.ts";

/** What a commit's address is made of. */
export interface CommitPlace {
  readonly githubServerUrl: string;
  readonly nameOf: NameOf;
}

/** A revision's commit as a link to GitHub; what made it where there is none. */
export function commitLink({ commit, repositoryId, kind, copyOf }: Revision, place: CommitPlace): Html {
  if (commit === null) {
    if (kind === "rollback") return html`<span class="muted">rollback to ${copyOf}</span>`;
    return html`<span class="muted">${kind === "purge" ? "purge" : "no commit"}</span>`;
  }
  const short = commit.slice(0, 7);
  const repository = place.nameOf(repositoryId);
  // A repository that is not known any more is called by its id, and has no page.
  if (repository === null || !repository.includes("/")) return html`<code>${short}</code>`;
  return html`<a class="commit" href="${place.githubServerUrl}/${repository}/commit/${commit}" title="${repository}">${short}</a>`;
}
