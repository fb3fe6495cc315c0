// The buttons of a check run: who may press them, what a press does, and what the check run says where it does nothing.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account } from "../github/account.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let repository: Repository;
let fork: Repository;
let stranger: Account;
let reader: Account;

beforeAll(async () => {
  world = await startWorld();
  repository = await world.boundRepository("acme-inc", await world.organization("acme"), {
    "shared/open.ts": "export const open = 1;\n",
    "workflows/open.ts": "import { open } from 'shared/open';\nexport default () => open;\n",
  });
  await repository.makePublic();
  stranger = world.github.createAccount("stranger", { type: "User" });
  reader = world.github.createAccount("reader", { type: "User" });
  repository.setRole(reader, "triage");
  fork = await repository.fork(stranger);
  await world.settled();
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

const notRun = "2 workflows link; not run, as it comes from a fork";
const latest = (sha: string) => checkRun(repository, sha, "bifrost");
const runsAt = (sha: string) => repository.checkRuns(sha).filter(({ name }) => name === "bifrost");

let branches = 0;
async function openFork(files: TreeChanges) {
  branches += 1;
  const pull = await repository.openPullRequest({ branch: `topic-${branches}`, files, from: fork, sender: stranger });
  await world.settled();
  return pull;
}

describe("Run workflows, on a fork's pull request", () => {
  const throwing = (words: string) => ({
    "workflows/mine.ts": `import { open } from 'shared/open';\nconsole.log('printed ${words}');\nthrow new Error('${words} ' + open);\nexport default () => 1;\n`,
  });

  test("runs its code once somebody with write access presses it, and shows nothing of what it says", async () => {
    const pull = await openFork(throwing("spoken"));
    const before = latest(pull.headSha);
    expect(before).toMatchObject({ conclusion: "success", title: notRun });
    expect(before.actions.map(({ label }) => label)).toEqual(["Run workflows", "Re-run"]);
    await before.requestAction("run-workflows", world.github.developer);
    await world.settled();

    expect(runsAt(pull.headSha)).toHaveLength(2);
    const { conclusion, annotations, summary, text, actions } = latest(pull.headSha);
    expect(conclusion).toBe("failure");
    expect(annotations).toMatchObject([{ path: "workflows/mine.ts", start_line: 3, title: "evaluation-error" }]);
    expect(summary).toContain("2 workflows linked, 1 of them run.");
    expect(summary).toContain("`developer` let its code run at this commit");
    expect(actions.map(({ label }) => label)).toEqual(["Re-run"]);
    expect(JSON.stringify([annotations, summary, text])).not.toContain("spoken");
  });

  test("does nothing for anybody else, and says so", async () => {
    const pull = await openFork(throwing("silent"));
    for (const sender of [stranger, reader]) {
      await latest(pull.headSha).requestAction("run-workflows", sender);
      await world.settled();
      const { summary, conclusion } = latest(pull.headSha);
      expect(conclusion).toBe("success");
      expect(summary).toContain(`**\`${sender.login}\` pressed a button: nothing was done`);
      expect(summary).toContain('takes the permission "write"');
    }
    expect(runsAt(pull.headSha)).toHaveLength(1);
  });

  test("is for that commit alone: what is pushed later waits for another press", async () => {
    const pull = await openFork({ "workflows/mine.ts": "export default () => 1;\n" });
    const first = pull.headSha;
    await latest(first).requestAction("run-workflows");
    await world.settled();
    expect(latest(first).title).toBe("2 workflows pass");
    await pull.push({ message: "Something else", files: throwing("later"), sender: stranger });
    await world.settled();
    expect(latest(pull.headSha)).toMatchObject({ conclusion: "success", title: notRun });
    expect(latest(pull.headSha).actions.map(({ identifier }) => identifier)).toContain("run-workflows");

    // The button of the older commit, which somebody may still have open.
    await runsAt(first)[0]?.requestAction("run-workflows");
    await world.settled();
    expect(runsAt(first)[0]?.summary).toContain("not the newest commit");
    expect(latest(pull.headSha).title).toBe(notRun);
  });

  test("is asked about anew after Re-run, of the run or of the suite, and keeps what was allowed", async () => {
    const pull = await openFork({ "workflows/mine.ts": "export default () => 1;\n" });
    await latest(pull.headSha).rerequest();
    await world.settled();
    expect(runsAt(pull.headSha).map(({ title }) => title)).toEqual([notRun, notRun]);
    await latest(pull.headSha).requestAction("run-workflows");
    await world.settled();
    await latest(pull.headSha).suite.rerequest();
    await world.settled();
    expect(
      runsAt(pull.headSha)
        .map(({ title }) => title)
        .slice(2),
    ).toEqual(["2 workflows pass", "2 workflows pass"]);
  });
});

test("Re-run answers anew in a run of its own", async () => {
  const pull = await repository.openPullRequest({ branch: "again", files: { "shared/more.ts": "export {};\n" } });
  await world.settled();
  await latest(pull.headSha).requestAction("run-again");
  await world.settled();
  expect(runsAt(pull.headSha).map(({ conclusion }) => conclusion)).toEqual(["success", "success"]);
});

test("Re-run of bifrost/sync, and of the suite of the default branch's head, tells again what was synced", async () => {
  const sha = await repository.head();
  const syncs = () => repository.checkRuns(sha).filter(({ name }) => name === "bifrost/sync");
  const before = syncs().length;
  await checkRun(repository, sha, "bifrost/sync").rerequest();
  await world.settled();
  expect(syncs()).toHaveLength(before + 1);
  await checkRun(repository, sha, "bifrost/sync").suite.rerequest();
  await world.settled();
  expect(syncs()).toHaveLength(before + 2);
});

test("Approve deletes lets an admin of the repository agree to what is held, and nobody else", async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`shared/m${index}.ts`, "export {};\n"]));
  const held = await world.boundRepository("many-inc", await world.organization("many"), files);
  const { sha } = await held.push({
    message: "Empty it",
    files: Object.fromEntries(Object.keys(files).map((path) => [path, null])),
  });
  await world.settled();
  const run = checkRun(held, sha, "bifrost/sync");
  expect(run.actions.map(({ label }) => label)).toEqual(["Approve deletes"]);
  await run.requestAction("approve-deletes", world.github.developer);
  await world.settled();
  expect(checkRun(held, sha, "bifrost/sync").summary).toContain('takes the permission "admin"');
  expect(await world.app.store.repository(held.id)).toMatchObject({ state: "held" });

  const admin = world.github.createAccount("admin", { type: "User" });
  held.setRole(admin, "admin");
  await run.requestAction("approve-deletes", admin);
  await world.settled();
  expect(await world.app.store.repository(held.id)).toMatchObject({ state: "bound", syncedSha: sha });
  expect(checkRun(held, sha, "bifrost/sync")).toMatchObject({ conclusion: "success", actions: [] });
});
