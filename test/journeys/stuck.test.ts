// Why is it stuck? Every way in which a repository can stand, brought about by what happens to people, and what the operator
// is told of it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RepositoryStatus, repositoryStatuses } from "../../src/workspace/standing.ts";
import type { Repository } from "../github/repository.ts";
import { operate, shown } from "./operate.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
/** Bound while nothing is in trouble yet: what is settled waits for everybody. */
const prepared = new Map<string, Repository>();
beforeAll(async () => {
  world = await startWorld();
  for (const slug of ["failing", "unknown", "limited", "slow", "waiting"]) prepared.set(slug, await bound(slug));
});
afterAll(async () => {
  world.github.faults.clear();
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

/** A repository that feeds an organisation of its own, both of this name. */
async function bound(slug: string, files: Record<string, string> = {}, settings?: string): Promise<Repository> {
  const scope = await world.organization(slug);
  return world.boundRepository(`${slug}-inc`, scope, { "shared/a.ts": "export {};", ...files }, settings);
}

let pushes = 0;
async function push(repository: Repository, files: Record<string, string | null> = {}): Promise<void> {
  pushes += 1;
  await repository.push({ message: "A change", files: { "shared/b.ts": `export const n = ${pushes};`, ...files } });
}

async function pushed(repository: Repository, files?: Record<string, string | null>): Promise<Repository> {
  await push(repository, files);
  await world.settled();
  return repository;
}

function installationOf(repository: Repository) {
  const found = world.registered.installations.find(({ account }) => account === repository.owner);
  if (found === undefined) throw new Error(`The app is not installed on ${repository.owner.login}`);
  return found;
}

function preparedFor(slug: string): Repository {
  const repository = prepared.get(slug);
  if (repository === undefined) throw new Error(`No repository was prepared for ${slug}`);
  return repository;
}

/** Pushes to a repository of which every request for a part of the API meets this. */
async function troubled(
  slug: string,
  path: string,
  respond: Parameters<World["github"]["faults"]["next"]>[0]["respond"],
) {
  const repository = preparedFor(slug);
  world.github.faults.next({ path: `/repos/${repository.fullName}${path}`, times: 100, respond });
  await push(repository);
  return repository;
}

const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`shared/m${index}.ts`, "export {};"]));
const gone = Object.fromEntries(Object.keys(many).map((path) => [path, null]));

const situations: Record<RepositoryStatus, () => Promise<Repository>> = {
  well: () => bound("well"),
  unbound: () => world.repository("unbound-inc", { "shared/a.ts": "export {};" }),
  pending: async () => {
    await world.organization("pending");
    return world.repository("pending-inc", { ".github/bifrost.yml": "scope: pending\n" });
  },
  refused: async () => pushed(await bound("refused"), { ".github/bifrost.yml": "scope: [\n" }),
  held: async () => pushed(await bound("held", many), gone),
  gated: async () => pushed(await bound("gated", {}, "gate: true\n"), { "workflows/w.ts": "import 'shared/none';" }),
  "rolled-back": async () => {
    const repository = await pushed(await bound("rolled"));
    await operate(world, "rollback", "rolled", "1");
    await world.settled();
    return repository;
  },
  conflicting: async () => {
    await bound("conflicting");
    const scope = await world.app.store.findScope("conflicting");
    if (scope === undefined) throw new Error("The organisation is gone");
    return world.boundRepository("second-inc", scope, { "shared/a.ts": "export const other = 1;" });
  },
  detached: async () => {
    const repository = await bound("detached");
    await installationOf(repository).uninstall();
    await world.settled();
    return repository;
  },
  suspended: async () => {
    const repository = await bound("suspended");
    await installationOf(repository).suspend();
    await world.settled();
    return repository;
  },
  archived: async () => {
    const repository = await bound("archived");
    await repository.archive();
    await world.settled();
    return repository;
  },
  "out-of-step": async () => {
    const repository = await bound("purged");
    await operate(world, "repo", "purge", repository.fullName);
    await world.settled();
    return repository;
  },
  failed: async () => {
    const repository = await bound("failed");
    const { contents: _, ...less } = world.registered.permissions;
    installationOf(repository).permissions = less;
    return pushed(repository);
  },
  failing: () => troubled("failing", "/git/trees", { status: 502 }),
  "head-unknown": () => troubled("unknown", "/branches/main", { status: 404 }),
  "rate-limited": () =>
    troubled("limited", "", {
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${Math.ceil(Date.now() / 1000) + 3600}` },
      body: { message: "API rate limit exceeded for installation." },
    }),
  "in-progress": () => troubled("slow", "/git/trees", { delayMs: 3_000 }),
  // No worker is there.
  waiting: async () => {
    world.github.faults.clear();
    await world.restart("web");
    await push(preparedFor("waiting"));
    return preparedFor("waiting");
  },
};

/** What nobody has to do anything about. */
const fine: readonly RepositoryStatus[] = ["well", "in-progress"];

// What is left in trouble comes after what has to settle, and what needs no worker last.
const inTrouble: readonly RepositoryStatus[] = ["rate-limited", "head-unknown", "failing", "in-progress", "waiting"];
const order = [...repositoryStatuses.filter((status) => !inTrouble.includes(status)), ...inTrouble];

test("every status is among them", () => {
  expect(order.toSorted()).toEqual(repositoryStatuses.toSorted());
});

test.each(order)("a repository that is %s", async (status) => {
  const { fullName } = await situations[status]();
  await expect.poll(async () => (await shown(world, fullName)).status, { timeout: 15_000 }).toBe(status);
  const document = await shown(world, fullName);
  expect(document).toMatchObject({ repository: fullName, message: expect.stringMatching(/\S+ \S+ \S+/) });
  if (fine.includes(status)) expect(document.remedy).toBeNull();
  else expect(document.remedy).toMatch(/\S+ \S+/);
  if (["failing", "head-unknown", "rate-limited", "failed"].includes(status)) {
    expect(document.lastError).toMatchObject({ message: document.message, remedy: document.remedy });
    expect(document.nextTryAt === null).toBe(status === "failed");
  }
  if (status === "rate-limited") expect(document.lastError.waitUntil).toBe(document.nextTryAt);
  const text = await operate(world, "repo", "show", fullName);
  // A repository that stands well goes by the state of its binding.
  const name = status === "well" ? "bound" : status;
  expect(text.stdout).toContain(`${fullName}  ${name}\n  ${document.message}\n`);
  const list = await operate(world, "repo", "list");
  if (document.remedy !== null)
    expect(list.stdout).toContain(`\n${fullName}\n  ${document.message}\n    ${document.remedy}\n`);
  const { repositories } = JSON.parse((await operate(world, "repo", "list", "--json")).stdout);
  expect(repositories).toContainEqual(expect.objectContaining({ repository: fullName, status }));
});
