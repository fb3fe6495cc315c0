// What would land: the files that a pull request, a merge group or a commit would make the scope's, and what has to be
// said about where they come from. Whether they hold together is evaluate.ts's business.
import { readTree } from "../bind/read-tree.ts";
import { Fault } from "../errors.ts";
import type { PullRequestFacts } from "../github/github.ts";
import { buttons } from "../workspace/button.ts";
import type { MergeGroup } from "../workspace/check.ts";
import type { TreeFile } from "../workspace/file.ts";
import { markdownCode } from "../workspace/markdown.ts";
import type { Repository } from "../workspace/repository.ts";
import type { CheckEdges } from "./edges.ts";
import { mergeTrees } from "./merge-trees.ts";

export interface Candidate {
  readonly tree: readonly TreeFile[];
  /** The commit that holds most of what is not stored yet. */
  readonly commit: string;
  readonly isFork: boolean;
  /** Whether its code may run: a fork's is somebody's whom nobody here vouched for, until somebody does. */
  readonly mayRun: boolean;
  /** It is on a branch of the repository already. */
  readonly isLanded: boolean;
  /** It would land on the branch that is synced. */
  readonly isForDefaultBranch: boolean;
  /** Markdown sentences about what exactly is checked. */
  readonly notes: readonly string[];
  /** The branch to merge into, and paths that both sides changed, where the two cannot be merged. */
  readonly conflict?: { readonly branch: string; readonly paths: readonly string[] };
}

type ReadingEdges = Pick<CheckEdges, "github">;

/** A pull request as merged by now. Throws `Fault` `merge-pending` where only GitHub can merge it, and has not yet. */
export async function pullCandidate(
  edges: ReadingEdges,
  repository: Repository,
  pull: PullRequestFacts,
  runAllowedBy: string | null,
): Promise<Candidate> {
  const isFork = pull.headRepositoryId !== repository.id;
  const merged = await mergeOf(edges, repository, pull);
  const notes = [merged.note];
  const isForDefaultBranch = pull.baseRef === repository.defaultBranch;
  if (!isForDefaultBranch) {
    const [base, main] = [markdownCode(pull.baseRef), markdownCode(repository.defaultBranch)];
    notes.push(
      `It goes into ${base} and not into ${main}: it is checked as if ${base} were to be synced, and nothing is synced from there.`,
    );
  }
  if (isFork && runAllowedBy === null) {
    notes.push(
      `This pull request comes from a fork: its code was linked and not run. Whoever may write to this repository can let it run at this commit, by the button **${buttons.runWorkflows.label}**.`,
    );
  }
  if (isFork && runAllowedBy !== null) {
    const by = markdownCode(runAllowedBy);
    notes.push(
      `This pull request comes from a fork: ${by} let its code run at this commit. What it said is not shown.`,
    );
  }
  const mayRun = !isFork || runAllowedBy !== null;
  return { ...merged, isFork, mayRun, isLanded: false, isForDefaultBranch, notes };
}

/** A commit of the repository itself, as it is: of a merge queue where a group is given, else one that has landed. */
export async function commitCandidate(
  edges: ReadingEdges,
  repository: Repository,
  commitSha: string,
  group: MergeGroup | undefined,
): Promise<Candidate> {
  const { treeSha } = await edges.github.commit(repository, commitSha);
  const tree = await readTree(edges, repository, treeSha);
  const note = group
    ? `Checked as the merge queue would land it on ${markdownCode(group.baseBranch)}, after ${short(group.baseSha)}.`
    : `Checked as it stands at ${short(commitSha)}.`;
  const isForDefaultBranch = group === undefined || group.baseBranch === repository.defaultBranch;
  const isLanded = group === undefined;
  return { tree, commit: commitSha, isFork: false, mayRun: true, isLanded, isForDefaultBranch, notes: [note] };
}

type Merged = Pick<Candidate, "tree" | "commit" | "conflict"> & { readonly note: string };

/** The merge that GitHub tried, since a branch that was cut long ago lacks what has landed since; else our own. */
async function mergeOf(edges: ReadingEdges, repository: Repository, pull: PullRequestFacts): Promise<Merged> {
  const { github } = edges;
  const { headSha, baseRef, testMerge } = pull;
  if (testMerge === null || testMerge === "conflict") return ownMerge(edges, repository, pull);
  const commit = await github.commit(repository, testMerge.commitSha);
  const [onto] = commit.parents;
  const at = onto === undefined ? "" : ` at ${short(onto)}`;
  return {
    tree: await readTree(edges, repository, commit.treeSha),
    // GitHub makes another merge as soon as something lands, and this one may be gone when its blobs are asked for.
    commit: headSha,
    note: `Checked as merged into ${markdownCode(baseRef)}${at}.`,
  };
}

async function ownMerge(edges: ReadingEdges, repository: Repository, pull: PullRequestFacts): Promise<Merged> {
  const { github } = edges;
  const { headSha, baseRef, testMerge } = pull;
  const branch = markdownCode(baseRef);
  const head = await github.commit(repository, headSha);
  const tree = await readTree(edges, repository, head.treeSha);
  const onto = await github.head(repository, baseRef);
  const base = onto && (await github.mergeBase(repository, onto.sha, headSha));
  if (onto === undefined || base === undefined) {
    const note = `It has no commit in common with ${branch}, so it was checked as it stands.`;
    return { tree, commit: headSha, note };
  }
  const merged = mergeTrees(
    await readTree(edges, repository, base.treeSha),
    await readTree(edges, repository, onto.treeSha),
    tree,
  );
  const at = `${branch} at ${short(onto.sha)}`;
  if (testMerge === "conflict") {
    const paths = merged.conflicts;
    const note = `**The branch conflicts with ${branch}.** Resolve the conflict, and it is checked as merged; until then it was checked with its own side of each conflict, over ${at}.`;
    return { tree: merged.tree, commit: headSha, note, conflict: { branch: baseRef, paths } };
  }
  if (merged.conflicts.length > 0) {
    const [path] = merged.conflicts;
    const message = `The branch and "${baseRef}" both changed ${path}, and GitHub has not merged the two yet`;
    throw new Fault("merge-pending", message);
  }
  return { tree: merged.tree, commit: headSha, note: `Checked as merged into ${at}.` };
}

function short(commitSha: string): string {
  return markdownCode(commitSha.slice(0, 7));
}
