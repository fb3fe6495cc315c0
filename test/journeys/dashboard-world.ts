// A world that has something to show on every page of the dashboard, and for each route of its table an address that is
// there. Tests and screenshots take the same.
import { fileURLToPath } from "node:url";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import { startWorld, type World } from "./world.ts";

export interface DashboardWorld extends World {
  readonly acme: Repository;
  readonly globex: Repository;
  readonly platform: Repository;
  /** Values for the named parts of paths, of what belongs to the organisation acme. */
  readonly samples: Readonly<Record<string, string>>;
  /** Queries that show another side of a page, by the route's path. */
  readonly views: Readonly<Record<string, readonly string[]>>;
}

/**
 * Starts it: a global scope and two organisations from examples/, with a history of some pushes. Acme has a reader `mona`
 * and an admin `ada`; `hank` is an admin of globex; `operator` operates the deployment; `newcomer` sees nothing.
 */
export async function startDashboardWorld(): Promise<DashboardWorld> {
  const world = await startWorld();
  const [acmeScope, globexScope] = [await world.organization("acme"), await world.organization("globex")];
  const platform = await bound(world, "platform", "bifrost-global", "global", globalScope);
  const acme = await bound(world, "acme-inc", "bifrost-modules", "acme", acmeScope);
  const globex = await bound(world, "globex-corp", "workflows", "globex", globexScope);
  const people = ["mona", "ada", "hank", "operator", "newcomer"].map((login) =>
    world.github.createAccount(login, { type: "User" }),
  );
  const [mona, ada, hank] = people;
  if (mona) acme.setRole(mona, "read");
  if (ada) acme.setRole(ada, "admin");
  if (hank) globex.setRole(hank, "admin");
  await pushSome(world, { acme, platform });
  await asking(world);
  const pull = await acme.openPullRequest({
    title: "Rename the list of people on call",
    branch: "rename-people",
    files: {
      "shared/oncall.ts": ((await acme.read("shared/oncall.ts")) ?? "").replace("teamOnCall", "peopleOnCall"),
    },
  });
  await world.settled();
  // Not a spread: what the world gives may change, as it does when the app is started anew.
  return Object.assign(Object.create(world) as World, {
    acme,
    globex,
    platform,
    views: {
      "/scopes/:scope": ["?q=halo"],
      "/scopes/:scope/modules/:path(.+)": [
        "?view=diff",
        "?view=split",
        "?view=three-way",
        "?view=history",
        "?view=imports",
      ],
      "/scopes/:scope/compare": ["?from=1&to=2"],
    },
    samples: {
      ...{ scope: "acme", path: "shared/halopsa.ts", revision: "1", repository: `${acme.id}`, name: "none" },
      code: "export-not-found",
      // The report of a pull request that breaks something.
      ...{ commit: pull.headSha, subject: `pull-${pull.number}` },
    },
  });
}

async function bound(world: World, owner: string, name: string, example: string, scope: Scope): Promise<Repository> {
  const account = world.github.createAccount(owner);
  const fromFolder = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url));
  const repository = await account.createRepository(name, { fromFolder });
  await world.app.store.addGrant({ scope, kind: "repository", repositoryId: repository.id }, "journey");
  await world.registered.install(account);
  await world.settled();
  await world.app.jobs.enqueue({ kind: "sync", repositoryId: repository.id });
  await world.settled();
  return repository;
}

/** A repository that asks for acme and that nobody has granted it to. */
async function asking(world: World): Promise<void> {
  const account = world.github.createAccount("initech");
  const files = { ".github/bifrost.yml": "scope: acme\n", "shared/paper.ts": "export const sheets = 500;\n" };
  await account.createRepository("workflows", { files });
  await world.registered.install(account);
  await world.settled();
}

/** Changes on both sides of an override, and a file that comes and goes. */
async function pushSome(world: World, { acme, platform }: { acme: Repository; platform: Repository }): Promise<void> {
  await acme.push({
    message: "Keep a list of the sites",
    files: { "shared/sites.ts": 'export const sites = ["Harbour", "Quarry"];\n' },
  });
  await world.settled();
  const halopsa = (await platform.read("shared/halopsa.ts")) ?? "";
  await platform.push({
    message: "Say where tickets are kept",
    files: { "shared/halopsa.ts": `${halopsa}\nexport const region = "eu";\n` },
  });
  await world.settled();
}

/** The path of a route with samples in the place of its named parts. Throws where there is no sample for one. */
export function sampleOf(path: string, samples: Readonly<Record<string, string>>): string {
  return path
    .replaceAll(/:(\w+)(\([^)]*\))?[+*?]?/g, (_, name: string) => {
      const value = samples[name];
      if (value === undefined) {
        throw new Error(`No sample for ":${name}" of ${path}: add one to test/journeys/dashboard-world.ts`);
      }
      return value.split("/").map(encodeURIComponent).join("/");
    })
    .replaceAll("*", "nothing");
}
