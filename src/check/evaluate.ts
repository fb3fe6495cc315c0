// The evaluation of a pull request: which scope it would feed, its files laid over the stored ones, link, run, verdict.
import { bindTree } from "../bind/bind-tree.ts";
import { readTree } from "../bind/read-tree.ts";
import type { PullRequestFacts } from "../github/github.ts";
import { checkWorkflows } from "../run/check-workflows.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { affectedBy } from "./affected.ts";
import type { CheckEdges } from "./edges.ts";
import { overlay } from "./overlay.ts";
import { report } from "./report.ts";
import { notBound, unbound, type Verdict } from "./verdict.ts";

export async function evaluate(
  edges: CheckEdges,
  repository: Repository,
  pull: PullRequestFacts,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const headCommit = await edges.github.commit(repository, pull.headSha);
  const tree = await readTree(edges, repository, headCommit.treeSha);
  // The file of the head only previews a binding, and no grant comes from it: a scope that is not granted to this
  // repository is neither read nor linked against.
  const binding = await bindTree(edges, repository, tree);
  if (binding.kind === "stopped") {
    return binding.state === "unbound"
      ? unbound(repository)
      : notBound(binding.diagnostics, binding.state === "pending");
  }

  const { granted, request, selection, diagnostics: remarks } = binding;
  const merged = await overlay(edges, { repository, commit: headCommit.sha, selection, granted, request });
  const isFork = pull.headRepositoryId !== repository.id;
  // Code of a fork is somebody's whom nobody here vouched for: it is read, and not run.
  const isAffected = isFork ? () => false : await affectedBy(edges, merged);
  const { scope } = granted;
  const checked = await checkWorkflows(edges, {
    source: merged.source,
    organization: scope.kind === "organization" ? { id: scope.id, slug: scope.slug } : null,
    isAffected,
    ...(edges.records && { records: edges.records }),
    ...(signal && { signal }),
  });
  return report({
    checked,
    merged,
    request,
    remarks,
    isFork,
    isNewBinding: repository.scope === null,
    scope: scopeSlug(scope),
  });
}
