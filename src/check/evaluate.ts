// The evaluation of a pull request: which scope it would feed, its files laid over the stored ones, link, run, verdict.
import type { PullRequestFacts } from "../github/github.ts";
import { readManifest, type Selection, selectFiles } from "../manifest/manifest.ts";
import { checkWorkflows } from "../run/check-workflows.ts";
import { type BindingRequest, bindingPath, decideBinding } from "../workspace/binding.ts";
import { bindingDiagnostics, missingRoot } from "../workspace/binding-words.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { TreeFile } from "../workspace/file.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { affectedBy } from "./affected.ts";
import type { CheckEdges } from "./check-pull-request.ts";
import { overlay } from "./overlay.ts";
import { report } from "./report.ts";
import { notBound, unbound, type Verdict } from "./verdict.ts";

export async function evaluate(
  edges: CheckEdges,
  repository: Repository,
  pull: PullRequestFacts,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const { github } = edges;
  const headCommit = await github.commit(repository, pull.headSha);
  const tree = await github.tree(repository, headCommit.treeSha);
  const binding = await wouldBind(edges, repository, tree);
  switch (binding.kind) {
    case "unbound":
      return unbound(repository);
    case "not-bound":
      return notBound(binding.diagnostics, binding.isPending);
    case "bound":
      break;
    default:
      throw binding satisfies never;
  }

  const { granted, request, selection } = binding;
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
  return report({ checked, merged, request, isFork, isNewBinding: repository.scope === null, scope: scopeSlug(scope) });
}

type WouldBind =
  | { readonly kind: "unbound" }
  | { readonly kind: "not-bound"; readonly isPending: boolean; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: "bound";
      readonly granted: GrantedScope;
      readonly request: BindingRequest;
      readonly selection: Selection;
    };

/**
 * What would bind if the pull request were merged. The file of the head only previews a binding, and no grant comes
 * from it: a scope that is not granted to this repository is neither read nor linked against.
 */
async function wouldBind(edges: CheckEdges, repository: Repository, tree: readonly TreeFile[]): Promise<WouldBind> {
  const { github, store } = edges;
  const file = tree.find((entry) => entry.path === bindingPath && entry.mode.startsWith("100"));
  if (file === undefined) {
    if (repository.scope === null) return { kind: "unbound" };
    const diagnostic: Diagnostic = {
      code: "config-invalid",
      severity: "error",
      message: `This pull request leaves the repository without ${bindingPath}: merged, it would stop the sync`,
      scope: null,
      path: null,
      line: null,
      column: null,
      remedy: `Keep ${bindingPath} with "scope: ${scopeSlug(repository.scope)}"`,
    };
    return { kind: "not-bound", isPending: false, diagnostics: [diagnostic] };
  }
  const text = new TextDecoder().decode(await github.blob(repository, file.gitSha));
  const manifest = readManifest(text);
  if (!("request" in manifest)) return { kind: "not-bound", isPending: false, diagnostics: manifest.diagnostics };
  const { request } = manifest;
  const decision = decideBinding({
    request,
    requested: await store.findScope(request.scope),
    repository,
    grants: await store.grantsFor(repository),
  });
  if (decision.kind === "bound") {
    const selection = selectFiles(tree, request);
    return selection.rootExists
      ? { kind: "bound", granted: decision.granted, request, selection }
      : { kind: "not-bound", isPending: false, diagnostics: [missingRoot(request.root, text)] };
  }
  return {
    kind: "not-bound",
    isPending: decision.kind === "pending",
    diagnostics: bindingDiagnostics(decision, repository, text),
  };
}
