// Which repository a path speaks of: by its name, by a name it used to have, or by its id.
import type { GitHubEmulator } from "./emulator.ts";
import { notFound } from "./refusal.ts";
import type { Repository } from "./repository.ts";

/** `/repositories/{id}/…`, where redirects lead, is the same as `/repos/{owner}/{repo}/…`. */
export function namedById(github: GitHubEmulator, pathname: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(pathname) ?? [];
  if (id === undefined) return pathname;
  const repository = github.repositories.find((candidate) => candidate.id === Number(id));
  if (repository === undefined) throw notFound();
  return `/repos/${repository.fullName}${rest}`;
}

/** The repository of a path, and where it is to be asked for if the path has its former name. */
export function repositoryOf(
  github: GitHubEmulator,
  { owner, repo }: Readonly<Record<string, string>>,
  url: URL,
  pathname: string,
): { repository: Repository; location?: string } | undefined {
  if (owner === undefined || repo === undefined) return undefined;
  const repository = github.repositoryNamed(owner, repo);
  if (repository !== undefined) return { repository };
  const renamed = github.redirects.get(`${owner}/${repo}`.toLowerCase());
  if (renamed === undefined || renamed.isDeleted) throw notFound();
  const rest = pathname.split("/").slice(4).join("/");
  const path = `/repositories/${renamed.id}${rest === "" ? "" : `/${rest}`}${url.search}`;
  return { repository: renamed, location: github.apiUrl + path };
}
