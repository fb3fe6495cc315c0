// The evaluation of what would land: which scope it would feed, its files laid over the stored ones, link, run, verdict.
import { bindTree } from "../bind/bind-tree.ts";
import { readTree } from "../bind/read-tree.ts";
import { checkWorkflows } from "../run/check-workflows.ts";
import type { CheckKey } from "../store/store.ts";
import { hasErrors } from "../workspace/diagnostic.ts";
import type { SkippedFile, TreeFile } from "../workspace/file.ts";
import { markdownText } from "../workspace/markdown.ts";
import type { Repository } from "../workspace/repository.ts";
import { type Rollback, rollbackWords } from "../workspace/rollback.ts";
import { scopeKey, scopeSlug } from "../workspace/scope.ts";
import type { Candidate } from "./candidate.ts";
import { describeChanges } from "./changes.ts";
import { compare } from "./compare.ts";
import type { CheckEdges } from "./edges.ts";
import { withRunsBefore } from "./failed-before.ts";
import { sortOut } from "./findings.ts";
import { previewForkBinding } from "./fork-preview.ts";
import { overlay } from "./overlay.ts";
import { tellRadius } from "./radius.ts";
import { repinNote, repinOf } from "./repin.ts";
import { report } from "./report.ts";
import { staleOverrides } from "./stale-overrides.ts";
import { notBound, unbound, type Verdict } from "./verdict.ts";
import { withholdOthers } from "./withhold.ts";

export async function evaluate(
  edges: CheckEdges,
  repository: Repository,
  candidate: Candidate,
  check: CheckKey,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const { tree, isFork, mayRun } = candidate;
  const startedAt = performance.now();
  // The file of the head only previews a binding, and no grant comes from it: a scope that is not granted to this
  // repository is neither read nor linked against. A fork's file, which anyone may write, not even does that.
  const asking = isFork ? await defaultTree(edges, repository) : tree;
  const preview = isFork ? await previewForkBinding(edges, repository, { fork: tree, asking }) : [];
  const binding = await bindTree(edges, repository, tree, asking);
  if (binding.kind === "stopped") {
    if (binding.state === "unbound" && !hasErrors(preview)) {
      return unbound(repository, [...binding.diagnostics, ...preview], edges.publicUrl);
    }
    const isAsking = binding.requestedSha !== null && !hasErrors(preview);
    const why = !isAsking ? "refused" : binding.state === "pending" ? "pending" : "declined";
    const awaits = binding.awaits ?? null;
    return { ...notBound([...binding.diagnostics, ...preview], why, edges.publicUrl), awaits };
  }

  const { granted, request, selection, pin, diagnostics: remarks } = binding;
  const { scope } = granted;
  const repin = pin && repinOf(pin);
  const merged = await overlay(edges, {
    ...{ repository, commit: candidate.commit, selection, granted, request },
    ...(repin && { pinAfter: repin.after }),
  });
  const links = await compare(edges, merged);
  const runs = {
    organization: scope.kind === "organization" ? { id: scope.id, slug: scope.slug } : null,
    fairnessKey: scopeKey(scope),
    ...(signal && { signal }),
  };
  const checked = await checkWorkflows(edges, {
    ...runs,
    source: merged.source,
    workflows: links.workflows,
    linker: links.linker,
    isAffected: mayRun ? links.isAffected : () => false,
  });
  const comparison = await withRunsBefore(edges, { ...runs, merged, comparison: links, checked });
  // What lies below is not named to a fork.
  const stale = isFork ? [] : await staleOverrides(edges, granted, merged);
  const rollback = await edges.store.rollbackOf(granted);
  // What it does to organisations is not looked into for a stranger; for one whom somebody vouched for, by linking alone:
  // what runs beside an organisation's code could tell of it by failing at one line or at another.
  const radius = mayRun
    ? await tellRadius(edges, { granted, check, merged, comparison, mayRun: !isFork, ...(signal && { signal }) })
    : undefined;
  const others = [...preview, ...remarks, ...stale, ...(radius?.diagnostics ?? [])];
  const findings = sortOut(checked, merged, comparison, others);
  return report({
    findings: isFork ? withholdOthers(findings, merged) : findings,
    modules: checked.modules,
    merged: { ...merged, skipped: newlySkipped(merged.skipped, repository) },
    request,
    candidate: {
      ...candidate,
      notes: [
        ...candidate.notes,
        ...(rollback === null || isFork ? [] : [rollbackNote(rollback)]),
        ...(repin && !isFork ? [repinNote(repin, merged, comparison)] : []),
      ],
    },
    changes: await describeChanges(merged, isFork),
    isSynced: candidate.isForDefaultBranch && rollback === null,
    isRepinned: repin !== undefined,
    tookMs: performance.now() - startedAt,
    isNewBinding: repository.scope === null,
    scope: scopeSlug(scope),
    publicUrl: edges.publicUrl,
    brokenOrganizations: radius?.broken ?? 0,
    radius: radius?.sentence ?? (mayRun || scope.kind !== "global" ? undefined : notLookedInto),
  });
}

/** Without what the last sync skipped already, for whoever changes nothing about it; all of it where not all of that is kept. */
function newlySkipped(skipped: readonly SkippedFile[], { lastSync }: Repository): readonly SkippedFile[] {
  if (lastSync?.state !== "bound" || lastSync.skipped.length < lastSync.counts.skipped) return skipped;
  const keyOf = ({ path, reason }: SkippedFile) => `${reason} ${path}`;
  const known = new Set(lastSync.skipped.map(keyOf));
  return skipped.filter((file) => !known.has(keyOf(file)));
}

const notLookedInto = "What this does to organisations was not looked into, since the code of a fork is not run.";

function rollbackNote(rollback: Rollback): string {
  return `**${markdownText(rollbackWords(rollback))}.** It was checked over that revision, and is not synced before an operator releases it.`;
}

/** The tree at the head of the default branch; empty where there is none. */
async function defaultTree(edges: CheckEdges, repository: Repository): Promise<readonly TreeFile[]> {
  const head = await edges.github.head(repository, repository.defaultBranch);
  return head === undefined ? [] : readTree(edges, repository, head.treeSha);
}
