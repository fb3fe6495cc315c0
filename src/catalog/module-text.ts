// What files hold, read by the revisions that wrote them.
import { Fault } from "../errors.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { ContentHash } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { CatalogEdges } from "./edges.ts";

/** A file of a layer as it was at a revision. */
export interface TextAt {
  readonly granted: GrantedScope;
  readonly path: WorkspacePath;
  readonly hash: ContentHash;
  readonly revision: number;
}

/** Reads one file. Throws `Fault` `snapshot-moved` where it is not there any more, as after retention. */
export async function readText(edges: Pick<CatalogEdges, "store">, wanted: TextAt): Promise<string> {
  const [text = ""] = await readTexts(edges, [wanted]);
  return text;
}

/** Reads files, each in the place of what asked for it: one read for each layer. */
export async function readTexts({ store }: Pick<CatalogEdges, "store">, wanted: readonly TextAt[]): Promise<string[]> {
  const texts = new Map<TextAt, string>();
  for (const [granted, files] of Map.groupBy(wanted, (file) => file.granted)) {
    const found = await store.contentsAt(granted, files);
    for (const [index, file] of files.entries()) {
      const content = found[index];
      if (content?.hash !== file.hash) {
        const of = `${file.path} of "${scopeSlug(granted.scope)}"`;
        throw new Fault("snapshot-moved", `${of} is not what it was at revision ${file.revision}`);
      }
      texts.set(file, content.content);
    }
  }
  return wanted.map((file) => texts.get(file) ?? "");
}
