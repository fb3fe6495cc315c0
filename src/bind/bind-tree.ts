// What the file of a tree asks for, whether it is granted, and which files it would bring. A sync asks it of the default
// branch's head, a check of what would be merged; neither gets a scope from anywhere else.
import type { GitHub } from "../github/github.ts";
import { readManifest, type Selection, selectFiles } from "../manifest/manifest.ts";
import type { Registry } from "../store/store.ts";
import { type BindingRequest, decideBinding, misplacedBindingPaths } from "../workspace/binding.ts";
import {
  bindingDiagnostics,
  misplacedManifest,
  missingManifest,
  missingRoot,
  refusedRequest,
} from "../workspace/binding-words.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { TreeFile } from "../workspace/file.ts";
import type { WritableScope } from "../workspace/grant.ts";
import { awaitedBy } from "../workspace/pin-words.ts";
import type { Repository } from "../workspace/repository.ts";
import { scopeSlug } from "../workspace/scope.ts";
import { findManifest } from "./read-tree.ts";
import { findNamedRevision, type PinChange, type PinEdges, resolvePin } from "./resolve-pin.ts";

export type TreeBinding =
  | {
      readonly kind: "bound";
      readonly granted: WritableScope;
      readonly request: BindingRequest;
      readonly selection: Selection;
      /** What the file makes of the organisation's pin; undefined for global. */
      readonly pin: PinChange | undefined;
      /** What the file says that is no error. */
      readonly diagnostics: readonly Diagnostic[];
    }
  /** Nothing may be read or written of any scope. */
  | {
      readonly kind: "stopped";
      readonly state: "unbound" | "pending" | "refused";
      readonly requestedScope: string | null;
      /** The git id of the file that asks, where the scope is not granted. */
      readonly requestedSha: string | null;
      /** What it was refused for want of, and which may come: see `awaitedBy`. */
      readonly awaits?: string | null;
      readonly diagnostics: readonly Diagnostic[];
    };

export interface BindEdges {
  readonly github: Pick<GitHub, "blob">;
  readonly store: Pick<Registry, "findScope" | "grantsFor" | "refusalOf"> & PinEdges["store"];
}

/**
 * Reads `.github/bifrost.yml` of a repository's tree and decides by the two-key rule. `asking` is the tree whose file
 * counts, where that is not the tree whose files would be brought: nobody outside may ask in the repository's name.
 */
export async function bindTree(
  { github, store }: BindEdges,
  repository: Repository,
  tree: readonly TreeFile[],
  asking: readonly TreeFile[] = tree,
): Promise<TreeBinding> {
  const file = findManifest(asking);
  if (file === undefined) {
    const misplaced = asking.find(({ path }) => misplacedBindingPaths.includes(path));
    const diagnostics = misplaced === undefined ? [] : [misplacedManifest(misplaced.path)];
    return repository.scope === null
      ? { kind: "stopped", state: "unbound", requestedScope: null, requestedSha: null, diagnostics }
      : refused(null, [missingManifest(scopeSlug(repository.scope)), ...diagnostics]);
  }
  const text = new TextDecoder().decode(await github.blob(repository, file.gitSha));
  const manifest = readManifest(text);
  if (!("request" in manifest)) return refused(null, manifest.diagnostics);

  const { request, diagnostics } = manifest;
  const [requested, grants, named] = await Promise.all([
    store.findScope(request.scope),
    store.grantsFor(repository),
    findNamedRevision({ store }, request.global),
  ]);
  const decision = decideBinding({
    request,
    requested,
    repository,
    grants,
  });
  if (decision.kind !== "bound") {
    const isPending = decision.kind === "pending";
    const requestedSha = isPending ? file.gitSha : null;
    const stopped = { kind: "stopped", requestedScope: request.scope, requestedSha } as const;
    const refusal = isPending && requested ? await store.refusalOf(repository.id, requested) : undefined;
    // The refusal is of the file as it was: one that was changed since asks anew.
    if (refusal?.fileSha === file.gitSha) {
      const reason = refusedRequest({ scope: request.scope, ...refusal }, repository, text);
      return { ...stopped, state: "refused", diagnostics: [reason] };
    }
    const diagnostics = bindingDiagnostics(decision, repository, text);
    return { ...stopped, state: isPending ? "pending" : "refused", diagnostics };
  }
  const selection = selectFiles(tree, request);
  if (!selection.rootExists) return refused(request.scope, [missingRoot(request.root, text)]);
  const { granted } = decision;
  const pin = await resolvePin({ store }, { repository, granted, request, named, manifestText: text });
  if (pin.kind === "refused") {
    const awaits = named !== null && "kind" in named ? awaitedBy(named) : null;
    return { ...refused(request.scope, pin.diagnostics), awaits };
  }
  const remarks = [...diagnostics, ...pin.diagnostics];
  return { kind: "bound", granted, request, selection, pin: pin.change, diagnostics: remarks };
}

function refused(
  requestedScope: string | null,
  diagnostics: readonly Diagnostic[],
): Extract<TreeBinding, { kind: "stopped" }> {
  return { kind: "stopped", state: "refused", requestedScope, requestedSha: null, diagnostics };
}
