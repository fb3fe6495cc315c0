// A repository that asks for the gate: only commits whose own check passed are synced, and the last good revision serves
// in the meantime.
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import type { Repository } from "../github/repository.ts";
import { shown } from "./operate.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let acme: Scope;
let repository: Repository;
let platform: Repository;

beforeAll(async () => {
  world = await startWorld();
  acme = await world.organization("acme");
  platform = await world.boundRepository("platform", globalScope, { "shared/base.ts": "export const base = 1;\n" });
  const files = {
    "shared/rules.ts": "export const limit = 1;\n",
    "workflows/uses.ts": "import { limit } from 'shared/rules';\nexport default () => limit;\n",
  };
  repository = await world.boundRepository("acme-inc", acme, files, "gate: true\n");
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

const runsOf = (sha: string, name: string) => repository.checkRuns(sha).filter((run) => run.name === name);

async function push(files: Record<string, string | null>): Promise<string> {
  const { sha } = await repository.push({ message: "A change", files });
  await world.settled();
  return sha;
}

async function serving(path: string): Promise<string | undefined> {
  const files = await world.app.store.changesSince(grantOperator(acme), undefined);
  return files.upserts.find((file) => file.path === path)?.content;
}

test("the first commit is checked, and then synced", async () => {
  const sha = await repository.head();
  expect(checkRun(repository, sha, "bifrost")).toMatchObject({ conclusion: "success", externalId: "commit" });
  expect(checkRun(repository, sha, "bifrost/sync")).toMatchObject({
    conclusion: "success",
    title: "acme is at revision 1: 2 files written",
  });
  expect(checkRun(repository, sha, "bifrost/sync").annotations).toEqual([]);
});

test("a commit whose check fails is not synced, everything says so, and the one that mends it is", async () => {
  const broken = await push({ "shared/rules.ts": "export const threshold = 2;\n" });
  const { conclusion, summary } = checkRun(repository, broken, "bifrost");
  expect(conclusion).toBe("failure");
  // It is merged already.
  expect(summary).toMatch(/^\*\*This breaks 1 workflow\.\*\*/);
  const sync = checkRun(repository, broken, "bifrost/sync");
  expect(sync).toMatchObject({ conclusion: "failure", title: "Not synced: its check did not pass" });
  expect(sync.summary).toContain(`Commit ${broken.slice(0, 7)} is not synced`);
  expect(sync.summary).toContain("revision 1 keeps serving");
  expect(await serving("shared/rules.ts")).toBe("export const limit = 1;\n");
  const stands = await shown(world, repository.fullName);
  expect(stands).toMatchObject({ status: "gated" });
  expect(stands.message).toContain("did not pass");

  const mended = await push({ "shared/rules.ts": "export const limit = 3;\n" });
  expect(checkRun(repository, mended, "bifrost/sync").title).toBe("acme is at revision 2: 1 file written");
  expect(await serving("shared/rules.ts")).toBe("export const limit = 3;\n");
  expect(await shown(world, repository.fullName)).toMatchObject({ status: "well" });
  expect(runsOf(mended, "bifrost/sync")).toHaveLength(1);
});

test("a commit that something elsewhere broke is synced after Re-run, once that is mended", async () => {
  const sha = await push({ "workflows/late.ts": "import { late } from 'shared/base';\nexport default () => late;\n" });
  expect(checkRun(repository, sha, "bifrost/sync").conclusion).toBe("failure");
  await platform.push({ message: "Mend", files: { "shared/base.ts": "export const late = 1;\n" } });
  await world.settled();
  await checkRun(repository, sha, "bifrost").rerequest();
  await world.settled();
  expect(checkRun(repository, sha, "bifrost").conclusion).toBe("success");
  expect(checkRun(repository, sha, "bifrost/sync")).toMatchObject({ conclusion: "success" });
});

test("what a merge queue checked is not checked again when it lands", async () => {
  const pull = await repository.openPullRequest({ branch: "queued", files: { "shared/queued.ts": "export {};\n" } });
  await world.settled();
  const group = await pull.enterMergeQueue();
  await world.settled();
  await group.destroy("merged");
  await world.settled();
  expect(runsOf(group.headSha, "bifrost")).toMatchObject([{ conclusion: "success" }]);
  expect(checkRun(repository, group.headSha, "bifrost/sync").conclusion).toBe("success");
  expect(await serving("shared/queued.ts")).toBe("export {};\n");
});

test("a squash makes a commit that no pull request had, and it is checked itself", async () => {
  const files = { "shared/squashed.ts": "export {};\n" };
  const pull = await repository.openPullRequest({ branch: "squash", files });
  await world.settled();
  const sha = await push(files);
  expect(sha).not.toBe(pull.headSha);
  expect(checkRun(repository, sha, "bifrost")).toMatchObject({ conclusion: "success", externalId: "commit" });
  expect(await serving("shared/squashed.ts")).toBe("export {};\n");
});

test("a newer commit that passes is synced while the older one is still being checked", async () => {
  const { sha: slow } = await repository.push({
    message: "Slow",
    files: {
      "workflows/slow.ts": "await new Promise((resolve) => setTimeout(resolve, 4_000));\nexport default () => 1;\n",
    },
  });
  await expect
    .poll(() => runsOf(slow, "bifrost").map(({ status }) => status), { timeout: 30_000 })
    .toEqual(["in_progress"]);
  const newer = await push({ "workflows/slow.ts": "export default () => 2;\n" });
  expect(runsOf(slow, "bifrost")).toMatchObject([
    { conclusion: "cancelled", title: "A newer commit is checked instead" },
  ]);
  expect(checkRun(repository, newer, "bifrost/sync").conclusion).toBe("success");
  expect(runsOf(slow, "bifrost/sync")).toEqual([]);
});
