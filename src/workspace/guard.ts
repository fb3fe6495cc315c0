// How much a sync may delete by itself. A wrong merge, a misspelt root or an emptied branch looks like any other commit,
// and what it deletes is missing from every workflow a moment later.

// A cleaned-up folder deletes this many files at most; a scope this small is written anew by hand.
const deletesFreely = 20;
// A scope that loses this much of itself at once loses more often by mistake than on purpose.
const shareFreely = 0.3;

/** Whether a sync that deletes `deletes` of a scope's `live` files has to wait until an operator agrees. */
export function needsApproval(deletes: number, live: number): boolean {
  return mayNeedApproval(deletes) && deletes > live * shareFreely;
}

/** Whether so many deletes need approval in some scope: below that nobody has to count what the scope holds. */
export function mayNeedApproval(deletes: number): boolean {
  return deletes > deletesFreely;
}
