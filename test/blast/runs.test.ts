// Runs of a blast radius: what they tell apart, how they share their time, and what ends them.
import { afterAll, describe, expect, test } from "vitest";
import { type BlastRequest, blastRadius } from "../../src/blast/blast-radius.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import type { BlastRadius } from "../../src/workspace/blast.ts";
import { grantRun } from "../../src/workspace/grant.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { blastWorld, type Files } from "./world.ts";

const sandbox = createSandbox({ processes: 2 });
afterAll(() => sandbox.close());

const before = { "shared/a.ts": "export const a = 1;\n" };
const after = { "shared/a.ts": "export const a = 2;\n" };
const importing = (body: string): Files => ({ "workflows/one.ts": `import { a } from "shared/a";\n${body}\n` });
const healthy = importing("export default () => a;");

async function radiusOf(
  organizations: Readonly<Record<string, Files>>,
  options: Partial<BlastRequest> = {},
  onRead?: () => void,
): Promise<BlastRadius> {
  const { store, request } = await blastWorld(organizations, before, after, onRead);
  return blastRadius({ store, sandbox }, { ...request, mayRun: true, ...options });
}

const statuses = ({ affected }: BlastRadius) =>
  Object.fromEntries(affected.map(({ slug, effect }) => [slug, effect.status]));

describe("runs", () => {
  test("tell what the change breaks from what fails without it", async () => {
    const radius = await radiusOf({
      acme: importing("if (a > 1) throw new Error();"),
      globex: importing("throw new Error();"),
      initech: healthy,
    });
    expect(statuses(radius)).toEqual({ acme: "breaks", initech: "passes", globex: "was-broken" });
  });

  test("of organisations whose layers are equal are each their own: code may read whose run it is", async () => {
    const own = importing(
      'import { context } from "bifrost";\nif (a > 1 && context.organization.slug === "globex") throw 1;',
    );
    expect(statuses(await radiusOf({ acme: own, globex: own }))).toEqual({ acme: "passes", globex: "breaks" });
  });

  test("that have no time left are said to be linked only", async () => {
    const radius = await radiusOf({ acme: healthy, globex: healthy }, { runBudgetMs: 0 });
    expect(statuses(radius)).toEqual({ acme: "linked-only", globex: "linked-only" });
    expect(radius.affected.map(({ effect }) => effect.run)).toEqual([0, 0]);
  });

  test("of one organisation leave the others their part of the time", async () => {
    const slow = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `workflows/w${index}.ts`,
        `import { a } from "shared/a";\nawait new Promise((resolve) => setTimeout(resolve, 100 * a));\n`,
      ]),
    );
    const { affected } = await radiusOf({ acme: slow, globex: healthy }, { runBudgetMs: 2000 });
    const of = (slug: string) => affected.find((one) => one.slug === slug)?.effect;
    expect(of("globex")).toMatchObject({ status: "passes", run: 1 });
    expect(of("acme")).toMatchObject({ status: "linked-only", affected: 40 });
    expect(of("acme")?.run).toBeLessThan(40);
  });
});

test("a pinned organisation is counted and not looked at", async () => {
  const { request } = await blastWorld({ acme: healthy }, before, after);
  const [acme] = request.organizations;
  const radius = await radiusOf({ acme: healthy, globex: healthy }, { pinned: new Set([acme?.id ?? ""]) });
  expect(radius).toMatchObject({ organizations: 2, pinned: 1, affected: [{ slug: "globex" }] });
});

test("an organisation that is pushed to meanwhile is looked at anew", async () => {
  let files = healthy;
  const { store, request } = await blastWorld({ acme: healthy }, before, after);
  const world = await blastWorld({}, before, after);
  const moving = {
    snapshot: store.snapshot,
    contents: async (...asked: Parameters<typeof store.contents>) => {
      const [granted, paths] = asked;
      if (files !== healthy) return store.contents(granted, paths);
      // Once, what is read is not what the snapshot named.
      files = {};
      return world.store.contents(granted, paths);
    },
  };
  const radius = await blastRadius({ store: moving, sandbox }, { ...request, mayRun: true });
  expect(statuses(radius)).toEqual({ acme: "passes" });
});

test("a signal ends it with nothing told", async () => {
  const stop = new AbortController();
  const radius = radiusOf({ acme: healthy, globex: healthy }, { signal: stop.signal }, () => stop.abort());
  await expect(radius).rejects.toMatchObject({ code: "interrupted" });
});

test("nothing is read for whoever may not change global", async () => {
  let reads = 0;
  const radius = radiusOf({ acme: healthy }, { granted: grantRun(globalScope) }, () => {
    reads += 1;
  });
  await expect(radius).rejects.toThrow(TypeError);
  expect(reads).toBe(0);
});
