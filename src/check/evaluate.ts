// The evaluation of a pull request: which scope it would feed, its files laid over the stored ones, link, run, verdict.
import { bindTree } from "../bind/bind-tree.ts";
import { readTree } from "../bind/read-tree.ts";
import type { CommitFacts, PullRequestFacts } from "../github/github.ts";
import { checkWorkflows } from "../run/check-workflows.ts";
import { hasErrors } from "../workspace/diagnostic.ts";
import type { TreeFile } from "../workspace/file.ts";
import { markdownCode } from "../workspace/markdown.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeKey, scopeSlug } from "../workspace/scope.ts";
import { compare } from "./compare.ts";
import type { CheckEdges } from "./edges.ts";
import { sortOut } from "./findings.ts";
import { previewForkBinding } from "./fork-preview.ts";
import { overlay } from "./overlay.ts";
import { report } from "./report.ts";
import { notBound, unbound, type Verdict } from "./verdict.ts";
import { withholdOthers } from "./withhold.ts";

export async function evaluate(
  edges: CheckEdges,
  repository: Repository,
  pull: PullRequestFacts,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const isFork = pull.headRepositoryId !== repository.id;
  const { commit, note } = await commitToCheck(edges, repository, pull);
  const tree = await readTree(edges, repository, commit.treeSha);
  // The file of the head only previews a binding, and no grant comes from it: a scope that is not granted to this
  // repository is neither read nor linked against. A fork's file, which anyone may write, not even does that.
  const asking = isFork ? await defaultTree(edges, repository) : tree;
  const preview = isFork ? await previewForkBinding(edges, repository, { fork: tree, asking }) : [];
  const binding = await bindTree(edges, repository, tree, asking);
  if (binding.kind === "stopped") {
    return binding.state === "unbound" && !hasErrors(preview)
      ? unbound(repository, preview)
      : notBound([...binding.diagnostics, ...preview], binding.state === "pending" && !hasErrors(preview));
  }

  const { granted, request, selection, diagnostics: remarks } = binding;
  const { scope } = granted;
  const merged = await overlay(edges, { repository, commit: commit.sha, selection, granted, request });
  const comparison = await compare(edges, merged);
  const checked = await checkWorkflows(edges, {
    source: merged.source,
    organization: scope.kind === "organization" ? { id: scope.id, slug: scope.slug } : null,
    workflows: comparison.workflows,
    linker: comparison.linker,
    fairnessKey: scopeKey(scope),
    // Code of a fork is somebody's whom nobody here vouched for: it is read, and not run.
    isAffected: isFork ? () => false : comparison.isAffected,
    ...(signal && { signal }),
  });
  const findings = sortOut(checked, merged, comparison, [...preview, ...remarks]);
  return report({
    findings: isFork ? withholdOthers(findings, merged) : findings,
    modules: checked.modules,
    merged,
    request,
    isFork,
    isNewBinding: repository.scope === null,
    scope: scopeSlug(scope),
    notes: [
      ...(note === undefined ? [] : [note]),
      ...(isFork ? ["This pull request comes from a fork: its code was linked and not run."] : []),
    ],
  });
}

/**
 * What would land: the merge that GitHub tried, since a branch that was cut long ago lacks what has landed since. Where
 * there is none, the branch as it stands, and a sentence that says so.
 */
async function commitToCheck(
  { github }: CheckEdges,
  repository: Repository,
  { headSha, baseRef, testMerge }: PullRequestFacts,
): Promise<{ readonly commit: CommitFacts; readonly note?: string }> {
  if (testMerge !== null && testMerge !== "conflict") {
    return { commit: await github.commit(repository, testMerge.commitSha) };
  }
  const base = markdownCode(baseRef);
  const note =
    testMerge === "conflict"
      ? `**The branch conflicts with ${base}.** It was checked as it stands: resolve the conflict, and it is checked as merged.`
      : `GitHub had not merged the branch with ${base} yet, so it was checked as it stands, without what has landed since it was cut.`;
  return { commit: await github.commit(repository, headSha), note };
}

/** The tree at the head of the default branch; empty where there is none. */
async function defaultTree(edges: CheckEdges, repository: Repository): Promise<readonly TreeFile[]> {
  const head = await edges.github.head(repository, repository.defaultBranch);
  return head === undefined ? [] : readTree(edges, repository, head.treeSha);
}
