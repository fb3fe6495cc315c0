// The quick way to a blast radius against the naive one: every organisation linked whole before and after the change, by
// linkers that share nothing.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type BlastEdges, blastRadius } from "../../src/blast/blast-radius.ts";
import { createLinker } from "../../src/link/linker.ts";
import { isBrokenAlike, linkEntries, mayDiffer, sameGraph } from "../../src/run/reach.ts";
import type { BlastStatus } from "../../src/workspace/blast.ts";
import { visibleFiles } from "../../src/workspace/cascade.ts";
import { isRunnableWorkflow } from "../../src/workspace/file.ts";
import { globalScope, scopeOf } from "../../src/workspace/scope.ts";
import { changed, layerFiles } from "../support/random-workspace.ts";
import { blastWorld, type Files, isOf, layerOf, organizationOf, slugs, sourceOf } from "./world.ts";

const seed = 20_270_411;
const noSandbox: BlastEdges["sandbox"] = {
  run: () => Promise.reject(new Error("Nothing is to be run")),
  runsAtOnce: () => 1,
};

interface Told {
  readonly slug: string;
  readonly affected: number;
  readonly status: BlastStatus;
  readonly broken: readonly string[];
}

/** What linking tells of one organisation, from nothing but its layers. */
async function naively(slug: string, own: Files, before: Files, after: Files): Promise<Told | undefined> {
  const scope = scopeOf(organizationOf(slug));
  const contents = new Map<string, string>();
  const sides = [before, after].map((global) =>
    sourceOf([layerOf(scope, own, contents), layerOf(globalScope, global, contents)], contents),
  );
  const [one, other] = await Promise.all(
    sides.map(async (source) => {
      const entries = visibleFiles(source.layers).filter(({ path }) => isRunnableWorkflow(path));
      return { source, linked: await linkEntries(createLinker(source.layers), source, entries) };
    }),
  );
  if (one === undefined || other === undefined) throw new TypeError("There are two sides");
  const affected = [...other.linked].filter(([path, entry]) => {
    const known = one.linked.get(path);
    const hasPart = [...(known?.reach ?? []), ...entry.reach].some((file) => isOf(scope, file));
    const moments = [
      { source: one.source, linked: known },
      { source: other.source, linked: entry },
    ] as const;
    const isSameFailure = isBrokenAlike(known?.link, entry.link) && sameGraph(known?.reach ?? [], entry.reach);
    return hasPart && !isSameFailure && mayDiffer(...moments, true);
  });
  if (affected.length === 0) return undefined;
  const broken: string[] = [];
  let isUnknown = false;
  for (const [path, entry] of affected) {
    const known = one.linked.get(path);
    const wasBroken = isBrokenAlike(known?.link, entry.link) || (known !== undefined && !known.link.program);
    if (!entry.link.program && !wasBroken) broken.push(path);
    isUnknown ||= entry.link.program !== undefined && !wasBroken;
  }
  const status = broken.length > 0 ? "breaks" : isUnknown ? "linked-only" : "was-broken";
  return { slug, affected: affected.length, status, broken: broken.sort() };
}

test("blastRadius() tells of random deployments what linking every organisation whole tells", {
  timeout: 120_000,
}, async () => {
  const deployment = layerFiles(9).chain((before) =>
    fc.record({
      before: fc.constant(before),
      after: changed(before, 2),
      layers: fc.array(layerFiles(5), { minLength: 2, maxLength: slugs.length }),
    }),
  );
  const seen: Record<BlastStatus, number> = { breaks: 0, "was-broken": 0, "linked-only": 0, passes: 0 };
  let untouched = 0;
  await fc.assert(
    fc.asyncProperty(deployment, async ({ before, after, layers }) => {
      const organizations = Object.fromEntries(layers.map((files, index) => [slugs[index] ?? "", files]));
      const { store, request } = await blastWorld(organizations, before, after);
      const radius = await blastRadius({ store, sandbox: noSandbox }, request);
      const quick = radius.affected.map(({ slug, effect: { affected, status, broken } }): Told => {
        return { slug, affected, status, broken: broken.map(({ path }) => path).sort() };
      });
      const naive: Told[] = [];
      for (const [slug, own] of Object.entries(organizations)) {
        const told = await naively(slug, own, before, after);
        if (told) naive.push(told);
        else untouched += 1;
      }
      const bySlug = (one: Told, other: Told) => (one.slug < other.slug ? -1 : 1);
      expect(quick.sort(bySlug)).toEqual(naive.sort(bySlug));
      for (const { status } of naive) seen[status] += 1;
      for (const { effect } of radius.affected) if (effect.status === "breaks") expect(effect.causes).not.toEqual([]);
    }),
    { seed, numRuns: 500 },
  );
  // Agreement about one outcome alone would say little.
  expect(Math.min(untouched, seen.breaks, seen["was-broken"], seen["linked-only"])).toBeGreaterThan(5);
});
