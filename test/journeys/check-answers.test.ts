// A required check always answers: on every head and every merge group, again when it is asked to, once for the newest,
// and in words that say what was checked.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PullRequest } from "../github/pull-request.ts";
import type { Repository } from "../github/repository.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let repository: Repository;

beforeAll(async () => {
  world = await startWorld();
  repository = await world.boundRepository("acme-inc", await world.organization("acme"), {
    "shared/rules.ts": "export const limit = 1;\n",
    "shared/old.ts": "export const old = 1;\n",
    "workflows/uses.ts": "import { limit } from 'shared/rules';\nexport default () => limit;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

const runsAt = (sha: string, base = repository) => base.checkRuns(sha).filter(({ name }) => name === "bifrost");
const open = (branch: string, source: string, base?: string) =>
  repository.openPullRequest({ branch, files: { [`shared/${branch}.ts`]: source }, ...(base && { base }) });

const slow = (turn: number) => ({
  "workflows/slow.ts": `await new Promise((resolve) => setTimeout(resolve, 4_000));\nexport default () => ${turn};\n`,
});

/** Does something on GitHub that no delivery tells of, not even GitHub's own log. */
async function untold<T>(work: () => Promise<T>): Promise<T> {
  const { deliveries } = world.github;
  deliveries.hold();
  const done = await work();
  for (const delivery of deliveries.held) delivery.state = "lost";
  await deliveries.release();
  return done;
}

/** Resolves when the check of a commit is under way. */
const underWay = (sha: string) =>
  expect.poll(() => runsAt(sha).map(({ status }) => status), { timeout: 30_000 }).toEqual(["in_progress"]);

describe("a merge group", () => {
  test("gets the answer to what it would land", async () => {
    const pull = await open("queued", "import './rules';\n");
    await world.settled();
    await repository.push({ message: "Meanwhile", files: { "shared/landed.ts": "export {};\n" } });
    await world.settled();
    const group = await pull.enterMergeQueue();
    await world.settled();
    const [run] = runsAt(group.headSha);
    expect(run).toMatchObject({ status: "completed", conclusion: "success", externalId: "commit" });
    expect(run?.summary).toContain("adds `shared/queued.ts`");
    expect(run?.summary).toContain(`land it on \`main\`, after \`${group.baseSha.slice(0, 7)}\``);

    // Everything again: the suite of the group's commit belongs to no pull request.
    await run?.suite.rerequest();
    await world.settled();
    expect(runsAt(group.headSha).map(({ conclusion }) => conclusion)).toEqual(["success", "success"]);
    await group.destroy("dequeued");
    await world.settled();
    expect(runsAt(group.headSha)).toHaveLength(2);
  });

  test("that is destroyed while it is checked is cancelled, and its branch is never synced", async () => {
    const pull = await repository.openPullRequest({ branch: "dropped", files: slow(1) });
    await world.settled();
    const synced = (await world.app.store.repository(repository.id))?.syncedSha;
    const group = await pull.enterMergeQueue();
    await underWay(group.headSha);
    await group.destroy("invalidated");
    await world.settled();
    expect(runsAt(group.headSha)).toMatchObject([
      { conclusion: "cancelled", title: "The merge queue does not need it any more" },
    ]);
    expect((await world.app.store.repository(repository.id))?.syncedSha).toBe(synced);
    expect(repository.checkRuns(group.headSha).map(({ name }) => name)).not.toContain("bifrost/sync");
  });
});

describe("a pull request", () => {
  test("whose newer head comes while the older one is checked answers the newer, and cancels the older by its name", async () => {
    const pull = await repository.openPullRequest({ branch: "twice", files: slow(1) });
    const older = pull.headSha;
    await underWay(older);
    await pull.push({ message: "Quicker", files: { "workflows/slow.ts": "export default () => 2;\n" } });
    await world.settled();
    expect(runsAt(older)).toMatchObject([{ conclusion: "cancelled", title: "A newer commit is checked instead" }]);
    expect(runsAt(older)[0]?.summary).toContain(`\`${pull.headSha.slice(0, 7)}\``);
    expect(runsAt(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("that is closed while it is checked is cancelled, and answered when it is reopened", async () => {
    const pull = await repository.openPullRequest({ branch: "shut", files: slow(3) });
    await underWay(pull.headSha);
    await pull.close();
    await world.settled();
    expect(runsAt(pull.headSha)).toMatchObject([{ conclusion: "cancelled", title: "The pull request is closed" }]);
    await pull.reopen();
    await world.settled();
    expect(runsAt(pull.headSha).map(({ conclusion }) => conclusion)).toEqual(["cancelled", "success"]);
  });

  test("that is a draft is answered", async () => {
    const pull = await repository.openPullRequest({ branch: "draft", draft: true, files: { "README.md": "" } });
    await world.settled();
    expect(runsAt(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("that changes no file at all is answered", async () => {
    await repository.createBranch("empty");
    const pull = await repository.openPullRequest({ branch: "empty" });
    await world.settled();
    expect(runsAt(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("into another branch says so, and one that is pointed elsewhere is answered anew", async () => {
    await repository.createBranch("next");
    const pull = await open("aside", "export {};\n", "next");
    await world.settled();
    expect(checkRun(repository, pull.headSha, "bifrost").summary).toContain("goes into `next` and not into `main`");
    await pull.edit({ base: "main" });
    await world.settled();
    expect(runsAt(pull.headSha)).toHaveLength(2);
    const { summary } = checkRun(repository, pull.headSha, "bifrost");
    expect(summary).toContain(`Checked as merged into \`main\` at \`${(await repository.head()).slice(0, 7)}\`.`);
    expect(summary).not.toContain("goes into");
  });

  test("that nobody was told of is found, once", async () => {
    const pull = await untold(() => open("untold", "export {};\n"));
    await world.swept("pulls");
    expect(runsAt(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
    await world.database.query("update repository_pulls set polled_at = now() - interval '1 hour'");
    const before = world.github.requests.length;
    await world.swept("pulls");
    const asked = world.github.requests.slice(before).filter(({ path }) => path.startsWith("/repos/"));
    expect(asked.map(({ status }) => status)).toEqual([304]);
    expect(runsAt(pull.headSha)).toHaveLength(1);
  });

  test("of a repository that was given away is answered by what the new owner has granted", async () => {
    const moving = await world.boundRepository("giver-inc", await world.organization("giver"), {
      "shared/a.ts": "export {};\n",
    });
    const taker = world.github.createAccount("taker-inc");
    await world.registered.install(taker, { repositories: "all" });
    await moving.transfer(taker);
    await world.settled();
    const pull = await moving.openPullRequest({ branch: "after", files: { "shared/b.ts": "export {};\n" } });
    await world.settled();
    expect(runsAt(pull.headSha, moving)).toMatchObject([{ conclusion: "action_required" }]);
  });

  test("that a missing permission keeps from its answer is recorded, and answered once the permission is there", async () => {
    const parked = await world.boundRepository("parked-inc", await world.organization("parked"), {
      "shared/a.ts": "export {};\n",
    });
    const installation = world.registered.installations.find(({ account }) => account === parked.owner);
    if (installation === undefined) throw new Error("The app is not installed");
    installation.permissions = { metadata: "read", contents: "read", pull_requests: "read" };
    // Another process asks for a token of its own.
    await world.restart();
    const pull = await parked.openPullRequest({ branch: "parked", files: { "shared/b.ts": "export {};\n" } });
    await world.settled();
    expect(runsAt(pull.headSha, parked)).toEqual([]);
    const stands = await world.app.store.repository(parked.id);
    expect(stands?.troubles.check).toMatchObject({ code: "github-rejected" });
    await installation.acceptPermissions();
    await world.settled();
    await world.swept("pulls");
    expect(runsAt(pull.headSha, parked)).toMatchObject([{ conclusion: "success" }]);
  });

  test("of an archived repository is left alone, and answered once that is over", async () => {
    const stored = await world.boundRepository("archive-inc", await world.organization("archive"), {
      "shared/a.ts": "export {};\n",
    });
    const files = { "shared/b.ts": "export {};\n" };
    const pull = await untold(() => stored.openPullRequest({ branch: "frozen", files }));
    await stored.archive();
    await world.settled();
    await world.swept("pulls");
    expect(runsAt(pull.headSha, stored)).toEqual([]);
    await stored.unarchive();
    await world.settled();
    await world.swept("pulls");
    expect(runsAt(pull.headSha, stored)).toMatchObject([{ conclusion: "success" }]);
  });
});

describe("a merge that GitHub has not tried yet", () => {
  async function pending(branch: string, files: Record<string, string | null>): Promise<PullRequest> {
    await repository.createBranch(branch);
    await repository.push({ message: `Land before ${branch}`, files: { "shared/rules.ts": landing(branch) } });
    await world.settled();
    world.github.deliveries.hold();
    const pull = await repository.openPullRequest({ branch, files });
    pull.isMergePending = true;
    await world.github.deliveries.release();
    return pull;
  }
  const landing = (branch: string) => `// before ${branch}\nexport const limit = 1;\n\n\n\nexport const more = 1;\n`;

  test("is made here, from what each side changed", async () => {
    const pull = await pending("own-merge", { "shared/own.ts": "import './rules';\n", "shared/old.ts": null });
    await world.settled();
    const { conclusion, summary } = checkRun(repository, pull.headSha, "bifrost");
    expect(conclusion).toBe("success");
    expect(summary).toContain("adds `shared/own.ts`");
    expect(summary).toContain("removes `shared/old.ts`");
    expect(summary).not.toContain("rules.ts");
    expect(summary).toContain(`Checked as merged into \`main\` at \`${(await repository.head()).slice(0, 7)}\`.`);
  });

  test("is waited for where both sides changed a file, and then it is evaluated", async () => {
    const pull = await pending("late-merge", {
      "shared/rules.ts": `${landing("own-merge")}export const last = 1;\n`,
    });
    await expect
      .poll(() => checkRun(repository, pull.headSha, "bifrost").summary, { timeout: 20_000 })
      .toContain("both changed shared/rules.ts");
    expect(checkRun(repository, pull.headSha, "bifrost").conclusion).toBe("failure");
    pull.isMergePending = false;
    await world.settled();
    expect(checkRun(repository, pull.headSha, "bifrost")).toMatchObject({ conclusion: "success" });
  });
});
