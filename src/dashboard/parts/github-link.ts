// Links to what is on GitHub. A name may be out of date; GitHub follows renames.
import { type Html, html } from "./html.ts";

/** A repository, by its `owner/name`. */
export function repositoryLink(server: string, name: string): Html {
  return html`<a href="${server}/${name}">${name}</a>`;
}

/** A commit, by the seven characters that people know it by. */
export function commitLink(server: string, repository: string | null, sha: string): Html {
  const short = html`<code>${sha.slice(0, 7)}</code>`;
  return repository === null
    ? short
    : html`<a href="${server}/${repository}/commit/${sha}" title="${sha}">${short}</a>`;
}

/** The address of a line of a file at a commit. */
export function lineAddress(
  server: string,
  repository: string,
  sha: string,
  { path, line }: { readonly path: string; readonly line: number | null },
): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${server}/${repository}/blob/${sha}/${encoded}${line === null ? "" : `#L${line}`}`;
}
