// The paths of pages that others lead to, such as check runs on GitHub. Whoever makes an address of one puts the root of
// this server before it.
import { type Scope, scopeSlug } from "./scope.ts";

/** Which report: the name of what was looked at (see `reportSubject`), at which commit of which repository. */
export interface ReportPlace {
  readonly repositoryId: number;
  readonly subject: string;
  readonly headSha: string;
}

/** The page with the full report of a check run. Null: the repository feeds no scope. */
export function reportPath(scope: Scope | null, { repositoryId, subject, headSha }: ReportPlace): string {
  const root = scope === null ? "/checks" : `/scopes/${scopeSlug(scope)}/checks`;
  return `${root}/${repositoryId}/${headSha}/${subject.replace(":", "-")}`;
}
