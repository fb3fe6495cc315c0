// A source for the run's tests: one organisation's files as written in a test over one global module, with a hook on
// every read.
import { contentHash } from "../../src/digest.ts";
import type { LayerSource } from "../../src/run/layer-source.ts";
import { createLayer, type LayeredFile } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope, type OrganizationId, scopeOf } from "../../src/workspace/scope.ts";

export const organization = { id: "0b0e7a52-5b0f-4c57-9f6e-1d2f6f9f0a01" as OrganizationId, slug: "acme" };

/** A module that nothing links before a workflow imports it while it runs. */
export const late = "shared/late.ts" as WorkspacePath;
const lateText = "export {};\n";

/** Takes the organisation's contents by path. `onRead` is called before a file is read and may throw. */
export function sourceOf(
  contents: Readonly<Record<string, string>>,
  onRead: (path: string) => void | Promise<void> = () => {},
): LayerSource {
  const files = Object.entries(contents).map(
    ([path, content]) => [path as WorkspacePath, contentHash(Buffer.from(content))] as const,
  );
  const global = new Map([[late, contentHash(Buffer.from(lateText))]]);
  return {
    layers: [createLayer(scopeOf(organization), new Map(files)), createLayer(globalScope, global)],
    revision: { acme: 1, global: 1 },
    async read(wanted) {
      const found = new Map<LayeredFile, string>();
      for (const file of wanted) {
        await onRead(file.path);
        found.set(file, contents[file.path] ?? lateText);
      }
      return found;
    },
  };
}
