// One override beside what it was last in step with and what it hides now.
import { Fault } from "../errors.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { Override } from "../workspace/override.ts";
import type { FileVersion } from "../workspace/revision.ts";
import type { HistoryEdges } from "./edges.ts";
import { type Region, threeWay } from "./three-way.ts";

/** Reads the three texts of an override and sets them side by side; `undefined` where it stands alone. */
export async function viewOverride(
  { store }: Pick<HistoryEdges, "store">,
  own: GrantedScope,
  below: GrantedScope,
  { yours, theirs, base }: Override,
  editsMax?: number,
): Promise<Region[] | undefined> {
  if (theirs === null) return undefined;
  const read = async (granted: GrantedScope, { path, hash, made }: FileVersion): Promise<string> => {
    const [found] = await store.contentsAt(granted, [{ path, revision: made.number }]);
    if (found?.hash !== hash) throw new Fault("snapshot-moved", `${path} changed while it was being read`);
    return found.content;
  };
  const [before, after, mine] = await Promise.all([
    base === null ? "" : read(below, base),
    read(below, theirs),
    read(own, yours),
  ]);
  return threeWay(before, after, mine, editsMax);
}
