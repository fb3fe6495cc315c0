// Random lives of global and of an organisation over it: pushes and force pushes, pins to revisions and releases, tags that come
// and move, purges, rollbacks, and retention in between. Whatever happened, every revision that is kept reads back as it was,
// with the pin that it had, and nothing that somebody needs was dropped.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findNamedRevision } from "../../src/bind/resolve-pin.ts";
import { Fault } from "../../src/errors.ts";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { decidePin } from "../../src/workspace/pin.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { isLongForm, patienceMs } from "../faults/long-form.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { boundRepository, sampleChange, sampleScope } from "./sample.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await connectStore({ url: database.url });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

type Side = "global" | "organization";
/** A path's content and the repository that brought it. */
type Tree = ReadonlyMap<string, readonly [content: string, repositoryId: number]>;

/** What a scope should be, in plain maps. */
interface Model {
  readonly granted: WritableScope;
  readonly repositories: readonly number[];
  live: Tree;
  pin: { readonly revision: number; readonly repositoryId: number } | null;
  /** By number: what there was, and which revision of global was pinned. */
  readonly past: Map<number, { readonly tree: Tree; readonly pin: Model["pin"] }>;
  rollback: { readonly revision: number; readonly target: number; readonly purged: Set<number> } | null;
  /** Every tree that was pushed, with its commit, to be forced back to. */
  readonly pushed: { readonly commit: string; readonly files: Record<string, string>; readonly repository: number }[];
}

const paths = ["a.ts", "b.ts", "shared/a.ts", "shared/c.ts"];
const side = fc.constantFrom<Side>("global", "organization");
const which = fc.integer({ min: 0, max: 1 });
const number = fc.integer({ min: 0, max: 30 });
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      ...{ side, which },
      files: fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "2", "3"), { noNullPrototype: true }),
      pin: fc.oneof(
        fc.constantFrom("none" as const, "as before" as const),
        fc.record({ back: number }),
        fc.constantFrom("v1", "v2"),
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("force" as const), side, which, back: number }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("tag" as const), which, name: fc.constantFrom("v1", "v2"), back: number }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("purge" as const), side, which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rollback" as const), side, back: number }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), side }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop" as const), side }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type PinChoice = "none" | "as before" | { readonly back: number } | string;

/** One life: the store and the model of it, step by step. */
async function createLife() {
  const start = async (granted: WritableScope): Promise<Model> => ({
    granted,
    repositories: [(await boundRepository(store, granted)).id, (await boundRepository(store, granted)).id],
    ...{ live: new Map(), pin: null, past: new Map(), rollback: null, pushed: [] },
  });
  const models: Record<Side, Model> = {
    global: await start(grantOperator(globalScope)),
    organization: await start(await sampleScope(store)),
  };
  const asked = new Map<number, number | string>();
  const synced = new Map<string, number>();
  /** `isLate`: its revision was dropped before the tag came. */
  const releases = new Map<string, { commit: string; revision: number | null; isLate: boolean }>();
  const latestOf = (model: Model) => Math.max(0, ...model.past.keys());
  const record = (model: Model) => {
    const revision = latestOf(model) + 1;
    model.past.set(revision, { tree: model.live, pin: model.pin });
    return revision;
  };

  async function push(of: Side, repository: number, commit: string, files: Record<string, string>): Promise<void> {
    const model = models[of];
    const deletes = [...model.live].filter(([path, [, owner]]) => owner === repository && !(path in files));
    const deleted = deletes.map(([path]) => path);
    let pin: NonNullable<Parameters<Store["applySync"]>[1]["pin"]> | null | undefined;
    if (of === "organization") {
      const named = await findNamedRevision({ store }, asked.get(repository));
      if (named !== null && "kind" in named) return;
      pin = named && { ...named, until: null };
      const stored = await store.pinOf(model.granted);
      if (decidePin(pin, stored, repository).kind === "conflict") return;
    }
    const change = { ...sampleChange(repository, files, deleted), commit, ...(pin !== undefined && { pin }) };
    if (model.rollback !== null) {
      await expect(store.applySync(model.granted, change)).rejects.toMatchObject({ code: "sync-overtaken" });
      return;
    }
    const outcome = await store.applySync(model.granted, change);
    const live = new Map(model.live);
    for (const path of deleted) live.delete(path);
    for (const [path, content] of Object.entries(files)) {
      const owner = model.live.get(path)?.[1];
      if (owner === undefined || owner === repository) live.set(path, [content, repository]);
    }
    const before = model.pin;
    if (pin)
      model.pin =
        model.pin?.revision === pin.revision ? model.pin : { revision: pin.revision, repositoryId: repository };
    else if (pin === null && model.pin?.repositoryId === repository) model.pin = null;
    const isChanged = !sameTree(live, model.live) || before?.revision !== model.pin?.revision;
    model.live = live;
    const revision = isChanged ? record(model) : latestOf(model);
    expect(outcome).toMatchObject({ changed: isChanged, revision });
    model.pushed.push({ commit, files, repository });
    if (of === "global") {
      synced.set(commit, isChanged ? revision : (synced.get(commit) ?? revision));
      for (const release of releases.values())
        if (release.commit === commit) release.revision ??= synced.get(commit) ?? null;
    }
  }

  async function take(taken: Step): Promise<void> {
    switch (taken.kind) {
      case "push": {
        const { side: of, which: nth, files, pin } = taken;
        const repository = models[of].repositories[nth] ?? 0;
        choosePin(repository, pin);
        return push(of, repository, commitOf(models[of].pushed.length, repository), files);
      }
      case "force": {
        const { side: of, which: nth, back } = taken;
        const repository = models[of].repositories[nth];
        const mine = models[of].pushed.filter((one) => one.repository === repository);
        const found = mine.at(-1 - (back % Math.max(1, mine.length)));
        return found && push(of, found.repository, found.commit, found.files);
      }
      case "tag": {
        const { which: nth, name, back } = taken;
        const [repository = 0] = models.global.repositories;
        const mine = models.global.pushed.filter((one) => one.repository === repository);
        // Every other tag is of a commit that no sync has seen.
        const commit = nth === 0 ? mine.at(-1 - (back % Math.max(1, mine.length)))?.commit : commitOf(-1 - back, 0);
        if (commit === undefined) return;
        await store.saveTags(repository, [{ name, commit }], { isComplete: false });
        const known = releases.get(name);
        if (known?.commit === commit) return;
        const revision = synced.get(commit) ?? null;
        const isLate = revision !== null && (await store.globalRevision(revision)).state === "dropped";
        releases.set(name, { commit, revision, isLate });
        return;
      }
      case "purge": {
        const { side: of, which: nth } = taken;
        const model = models[of];
        const repository = model.repositories[nth] ?? 0;
        const { deletes } = await store.transaction((inner) =>
          inner.purgeRepository(model.granted, repository, "test"),
        );
        model.live = new Map([...model.live].filter(([, [, owner]]) => owner !== repository));
        const endsPin = model.pin?.repositoryId === repository;
        if (endsPin) model.pin = null;
        model.rollback?.purged.add(repository);
        if (deletes.length > 0 || endsPin) record(model);
        return;
      }
      case "rollback": {
        const { side: of, back } = taken;
        const model = models[of];
        const target = latestOf(model) - back;
        if (target < 1) return;
        const outcome = await store
          .transaction((inner) => inner.rollBack(model.granted, target, "test"))
          .catch((error: unknown) => error);
        if (outcome instanceof Fault) {
          // Only what retention dropped, of the scope or of the global that it was pinned to.
          const pinned = model.past.get(target)?.pin?.revision;
          const isDropped = (await store.revision(model.granted, target))?.droppedAt !== null;
          const isPinDropped = pinned !== undefined && (await store.globalRevision(pinned)).state === "dropped";
          expect([outcome.code, isDropped || isPinDropped]).toEqual(["revision-dropped", true]);
          return;
        }
        const then = model.past.get(target);
        model.live = then?.tree ?? new Map();
        model.pin = then?.pin ?? null;
        const revision = record(model);
        const { rollback } = model;
        model.rollback = rollback ? { ...rollback, target } : { revision, target, purged: new Set() };
        return;
      }
      case "release": {
        const model = models[taken.side];
        const { rollback } = model;
        const outcome = store.transaction((inner) => inner.endRollback(model.granted, "test"));
        if (rollback === null) {
          await expect(outcome).rejects.toMatchObject({ code: "nothing-rolled-back" });
          return;
        }
        await outcome;
        model.rollback = null;
        // Files are left to the next pushes; the pin is what it was, unless the rollback brought one of its own.
        const before = model.past.get(rollback.revision - 1)?.pin ?? null;
        const restored = before !== null && !rollback.purged.has(before.repositoryId) ? before : null;
        if (model.pin === null && restored !== null) {
          model.pin = restored;
          record(model);
        }
        return;
      }
      case "drop": {
        const model = models[taken.side];
        await store.transaction((inner) => inner.dropHistory(model.granted, new Date("2100-01-01T00:00:00Z")));
        return;
      }
      default:
        throw taken satisfies never;
    }
  }

  function choosePin(repository: number, pin: PinChoice): void {
    if (pin === "none") asked.delete(repository);
    else if (typeof pin === "object") asked.set(repository, Math.max(1, latestOf(models.global) - pin.back));
    else if (pin !== "as before") asked.set(repository, pin);
  }

  /** Every revision that somebody stands on, of either scope. */
  function needed(of: Side): number[] {
    const { rollback, past } = models[of];
    const held = rollback ? [rollback.target, rollback.revision - 1] : [];
    const newest = [...past.keys()].filter((revision) => revision > latestOf(models[of]) - 20);
    if (of === "organization") return [...held, ...newest];
    const { organization } = models;
    const pinned = [organization.pin, ...(organization.rollback ? pinsOfRollback(organization) : [])];
    return [
      ...held,
      ...newest,
      ...pinned.flatMap((pin) => (pin ? [pin.revision] : [])),
      ...[...releases.values()].flatMap(({ revision, isLate }) => (revision === null || isLate ? [] : [revision])),
    ].filter((revision) => revision > 0);
  }

  return { models, releases, take, needed };
}

function pinsOfRollback({ rollback, past }: Model): Model["pin"][] {
  return rollback ? [rollback.target, rollback.revision - 1].map((revision) => past.get(revision)?.pin ?? null) : [];
}

function commitOf(nth: number, repository: number): string {
  return createHash("sha1").update(`${repository} ${nth}`).digest("hex");
}

function sameTree(one: Tree, other: Tree): boolean {
  const text = (tree: Tree) => JSON.stringify([...tree].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}

async function treeAt(granted: WritableScope, revision: number): Promise<Tree> {
  const files = await store.filesAt(granted, revision);
  return new Map(
    files.map(({ path, content, repositoryId }) => [path as string, [content, repositoryId ?? 0] as const]),
  );
}

/** Holds what the store says of the present and of all the past against the model. */
async function expectAll({ models, releases, needed }: Awaited<ReturnType<typeof createLife>>): Promise<void> {
  for (const [of, { granted, live, pin, past }] of Object.entries(models) as [Side, Model][]) {
    const snapshot = await store.snapshot(granted);
    expect(snapshot).toMatchObject({ revision: past.size, pin: pin?.revision ?? null });
    expect(await treeAt(granted, past.size)).toEqual(live);
    const revisions = await store.revisions(granted, 1000);
    expect(revisions.map((revision) => revision.number)).toEqual([...past.keys()].toReversed());
    const dropped = new Set(revisions.filter(({ droppedAt }) => droppedAt !== null).map((revision) => revision.number));
    expect(needed(of).filter((revision) => dropped.has(revision))).toEqual([]);
    for (const revision of revisions) {
      const then = past.get(revision.number);
      expect(revision.pin?.revision ?? null).toBe(then?.pin?.revision ?? null);
      if (dropped.has(revision.number)) {
        await expect(store.filesAt(granted, revision.number)).rejects.toMatchObject({ code: "revision-dropped" });
        continue;
      }
      expect(await treeAt(granted, revision.number)).toEqual(then?.tree);
      const followed = new Map([...(then?.tree ?? [])].map(([path, [content]]) => [path, content]));
      const changes = await store.changesSince(granted, revision.number);
      if (changes.from === undefined) followed.clear();
      for (const path of changes.deletes) followed.delete(path);
      for (const { path, content } of changes.upserts) followed.set(path, content);
      expect(followed).toEqual(new Map([...live].map(([path, [content]]) => [path, content])));
    }
  }
  const { organization, global } = models;
  // What the organisation sees, now and at each of its revisions that pinned one which is kept.
  for (const [revision, then] of organization.past) {
    if ((await store.revision(organization.granted, revision))?.droppedAt !== null || then.pin === null) continue;
    if ((await store.globalRevision(then.pin.revision)).state !== "kept") continue;
    const { layers, pin } = await store.layersAt(organization.granted, { kind: "revision", number: revision });
    expect([layers[1]?.revision, pin?.revision]).toEqual([then.pin.revision, then.pin.revision]);
    expect([...(layers[1]?.files.keys() ?? [])].sort()).toEqual(
      [...(global.past.get(then.pin.revision)?.tree.keys() ?? [])].sort(),
    );
  }
  const named = (await store.releases()).map(
    ({ name, commit, revision, dropped }) => [name, { commit, revision, isLate: dropped }] as const,
  );
  expect(new Map(named)).toEqual(releases);
}

test(
  "whatever happens to global and to an organisation over it, every revision that is kept reads back as it was",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 150, size: "max" }), async (steps) => {
        await database.query(
          "truncate workspace_files, workspace_file_history, revisions, pins, releases, synced_commits, rollbacks, repositories",
        );
        const life = await createLife();
        for (const taken of steps) await life.take(taken);
        await expectAll(life);
      }),
      // A life is long, and every step of a smaller one costs as much.
      { numRuns: isLongForm ? 300 : 8, endOnFailure: true },
    );
  },
  patienceMs,
);
