// An operator, retention and pushes in one process without a queue, to be killed: it changes scopes over and over in every way
// there is. It says when it is ready, and begins when it is told to.
import { Fault } from "../../src/errors.ts";
import { connectStore } from "../../src/store/connect.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import { globalScope, parseOrganizationId, scopeOf } from "../../src/workspace/scope.ts";
import { sampleChange } from "../store/sample.ts";
import { seededRandom } from "./random.ts";

/** What the process needs to know, as JSON in its environment. */
export interface OperatingSettings {
  readonly databaseUrl: string;
  readonly seed: number;
  /** Keys of scopes: global, and an organisation. */
  readonly scopes: readonly [string, string];
  /** One that feeds global, and two that feed the organisation. */
  readonly repositories: readonly [number, number, number];
}

const settings: OperatingSettings = JSON.parse(process.env.OPERATING_SETTINGS ?? "");
const store = await connectStore({ url: settings.databaseUrl });
await store.ready();
const random = seededRandom(settings.seed);
const below = (end: number) => Math.floor(random() * end);

const id = parseOrganizationId(settings.scopes[1]);
if (id === undefined) throw new Error("The second scope is no organisation");
const acme = grantOperator(scopeOf({ id, slug: "acme" }));
const global = grantOperator(globalScope);
const [platform, first, second] = settings.repositories;

process.once("message", () => void operateForEver());
// Nothing is left to do where whoever started it is gone.
process.once("disconnect", () => process.exit());
process.send?.("ready");

async function push(granted: WritableScope, repository: number): Promise<unknown> {
  const files = Object.fromEntries(Array.from({ length: 5 }, () => [`m${below(8)}-${repository}.ts`, `${random()}`]));
  const deletes = [`m${below(8)}-${repository}.ts`].filter((path) => !(path in files));
  const { latest } = await store.globalRevision(0);
  const revision = Math.max(1, latest - below(4));
  const pin = below(2) === 0 ? null : { revision, release: null, until: null };
  return store.applySync(granted, {
    ...sampleChange(repository, files, deletes),
    ...(repository === first && { pin }),
  });
}

async function operateOnce(): Promise<unknown> {
  const granted = below(3) === 0 ? global : acme;
  const { revision } = await store.snapshot(granted);
  switch (below(9)) {
    case 0:
      return store.transaction((inner) => inner.rollBack(granted, Math.max(1, revision - below(6)), "test"));
    case 1:
    case 2:
      return store.transaction((inner) => inner.endRollback(granted, "test"));
    case 3:
      return store.transaction((inner) => inner.purgeRepository(acme, second, "test"));
    case 4:
      return store.transaction((inner) => inner.dropHistory(granted, new Date("2100-01-01T00:00:00Z")));
    case 5: {
      const [latest] = await store.revisions(global, 1);
      return store.saveTags(platform, [{ name: `v${below(3)}`, commit: latest?.commit ?? "" }], { isComplete: false });
    }
    default:
      return granted === global ? push(global, platform) : push(acme, below(2) === 0 ? first : second);
  }
}

async function operateForEver(): Promise<never> {
  for (;;) {
    try {
      await operateOnce();
    } catch (error) {
      // A scope that is rolled back, or is not: the next turn does something else.
      if (!(error instanceof Fault)) throw error;
    }
  }
}
