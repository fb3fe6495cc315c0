// Repositories that wait for somebody: nothing of them is synced until a person acts.
import { count } from "../workspace/markdown.ts";
import type { Repository } from "../workspace/repository.ts";
import { type Finding, judged, type Result } from "./examination.ts";

// A list is for reading; what does not fit is counted.
const listedMax = 20;

/** Names every repository that asks for a scope and does not feed it. */
export function judgeRepositories(repositories: readonly Repository[]): Result {
  const waiting = repositories.filter(({ state }) => !["bound", "unbound", "detached"].includes(state));
  const findings = waiting.slice(0, listedMax).map((repository): Finding => {
    const name = `${repository.owner}/${repository.name}`;
    const [said] = repository.lastSync?.diagnostics ?? [];
    return {
      what: said?.message ?? `${name} is ${repository.state}`,
      why: repository.scope === null ? `Nothing of ${name} is synced` : `What ${name} brought stays as it is stored`,
      remedy: said?.remedy ?? `See what it waits for with: bifrost repo list`,
    };
  });
  const more = waiting.length - findings.length;
  return judged(findings, {
    ok: `${count(repositories.length, "repository", "repositories")}, none of which waits`,
    wrong: `${waiting.length} of ${count(repositories.length, "repository", "repositories")} wait${more > 0 ? `, of which ${findings.length} are shown` : ""}`,
  });
}
