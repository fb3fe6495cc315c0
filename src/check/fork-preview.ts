// What a fork's change to `.github/bifrost.yml` would come to, told from the two files alone: no scope is looked up for
// it, so that nobody outside can ask in the repository's name.
import { findManifest } from "../bind/read-tree.ts";
import { type ManifestReading, readManifest } from "../manifest/manifest.ts";
import { type BindingRequest, bindingPath } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { TreeFile } from "../workspace/file.ts";
import type { Repository } from "../workspace/repository.ts";
import type { CheckEdges } from "./edges.ts";

/** Says in words what the fork's file asks for; nothing where it is the default branch's. */
export async function previewForkBinding(
  { github }: Pick<CheckEdges, "github">,
  repository: Repository,
  trees: { readonly fork: readonly TreeFile[]; readonly asking: readonly TreeFile[] },
): Promise<Diagnostic[]> {
  const now = findManifest(trees.asking);
  const then = findManifest(trees.fork);
  if (now?.gitSha === then?.gitSha) return [];
  const at = { scope: null, path: bindingPath, line: 1, column: 1 } as const;
  if (then === undefined) {
    const message = `Merged, ${bindingPath} would be gone, and nothing of this repository would be synced any more`;
    return [{ ...at, path: null, line: null, column: null, code: "config-invalid", severity: "error", message }];
  }
  const read = async (file: TreeFile) =>
    readManifest(new TextDecoder().decode(await github.blob(repository, file.gitSha)));
  const wanted = await read(then);
  if (!("request" in wanted)) return [...wanted.diagnostics];
  const present = now === undefined ? undefined : await read(now);
  const { scope } = wanted.request;
  if (repository.scope !== null && present !== undefined && requestOf(present)?.scope !== scope) {
    const message = `Merged, ${bindingPath} would name another scope than it does now, and the sync would be stopped`;
    return [{ ...at, code: "scope-refused", severity: "error", message }];
  }
  const message = `Merged, ${bindingPath} would ask for the scope "${scope}". From a fork that is not looked into: this check goes by the file of the default branch`;
  return [{ ...at, code: "file-skipped", severity: "notice", message }];
}

function requestOf(reading: ManifestReading): BindingRequest | undefined {
  return "request" in reading ? reading.request : undefined;
}
