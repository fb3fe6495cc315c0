// What the head of a default branch asks for, and whether it is granted.
import type { CommitFacts, GitHub } from "../github/github.ts";
import { readManifest, type Selection, selectFiles } from "../manifest/manifest.ts";
import type { Store } from "../store/store.ts";
import { type BindingRequest, bindingPath, decideBinding } from "../workspace/binding.ts";
import { bindingDiagnostics, missingManifest, missingRoot } from "../workspace/binding-words.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { TreeFile } from "../workspace/file.ts";
import type { WritableScope } from "../workspace/grant.ts";
import type { BindingState, Repository, SyncReport } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";

export type BindingOutcome =
  | {
      readonly kind: "bound";
      readonly granted: WritableScope;
      readonly request: BindingRequest;
      readonly selection: Selection;
    }
  /** Nothing may be written; what is stored stays as it is. */
  | { readonly kind: "stopped"; readonly requestedScope: string | null; readonly report: SyncReport };

export async function readBinding(
  { github, store }: { readonly github: GitHub; readonly store: Store },
  repository: Repository,
  head: CommitFacts,
  tree: readonly TreeFile[],
): Promise<BindingOutcome> {
  const stop = (
    state: BindingState,
    requestedScope: string | null,
    diagnostics: readonly Diagnostic[],
  ): BindingOutcome => ({
    kind: "stopped",
    requestedScope,
    report: {
      commit: head.sha,
      state,
      scope: repository.scope ? scopeSlug(repository.scope) : null,
      revision: repository.lastSync?.revision ?? null,
      upserts: [],
      deletes: [],
      unchanged: 0,
      skipped: [],
      diagnostics,
    },
  });

  const file = tree.find((entry) => entry.path === bindingPath && entry.mode.startsWith("100"));
  if (file === undefined) {
    return repository.scope === null
      ? stop("unbound", null, [])
      : stop("refused", null, [missingManifest(scopeSlug(repository.scope))]);
  }
  const text = new TextDecoder().decode(await github.blob(repository, file.gitSha));
  const manifest = readManifest(text);
  if (!("request" in manifest)) return stop("refused", null, manifest.diagnostics);

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
      : stop("refused", request.scope, [missingRoot(request.root, text)]);
  }
  const state = decision.kind === "pending" ? "pending" : "refused";
  return stop(state, request.scope, bindingDiagnostics(decision, repository, text));
}
