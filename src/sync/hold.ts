// The guard in front of a sync's deletes: what an operator has to agree to first. The rule itself is workspace/guard.ts's.
import type { ScopeReader } from "../store/store.ts";
import type { WritableScope } from "../workspace/grant.ts";
import { mayNeedApproval, needsApproval } from "../workspace/guard.ts";
import type { Hold, Repository } from "../workspace/repository.ts";

// Enough to see what kind of files they are.
const examplesMax = 20;

/** The hold that these deletes of a commit call for, or `undefined` where the sync may go on. */
export async function holdFor(
  { store }: { readonly store: Pick<ScopeReader, "countFiles"> },
  { hold: before }: Pick<Repository, "hold">,
  { commit, granted, deletes }: { commit: string; granted: WritableScope; deletes: readonly string[] },
): Promise<Hold | undefined> {
  if (!mayNeedApproval(deletes.length)) return undefined;
  const live = await store.countFiles(granted);
  if (!needsApproval(deletes.length, live)) return undefined;
  const same = before?.commit === commit ? before : undefined;
  // What was agreed to is a commit and a number: were more to go by now, it would be another question.
  if (same && same.approvedBy !== null && deletes.length <= same.deletes) return undefined;
  return {
    commit,
    deletes: deletes.length,
    live,
    since: same?.since ?? new Date(),
    examples: deletes.slice(0, examplesMax),
    approvedBy: null,
  };
}
