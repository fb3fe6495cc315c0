// A worker is stopped or redeployed while it checks a pull request.
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { startWorld } from "./world.ts";

/** How many processes this one has started; those of a sandbox are among them. */
function children(): number {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean).length;
}

test("a check that a restart interrupts writes nothing, and is answered by the next process in the same run", async () => {
  const world = await startWorld();
  onTestFinished(world.close);
  const files = { "shared/a.ts": "export const a = 1;\n" };
  const repository = await world.boundRepository("acme-inc", await world.organization("acme"), files);
  const before = children();
  const pull = await repository.openPullRequest({
    branch: "slow",
    files: {
      "workflows/slow.ts": "await new Promise((resolve) => setTimeout(resolve, 3_000));\nexport default () => 1;\n",
    },
  });
  const answers = () => repository.checkRuns(pull.headSha).filter(({ name }) => name === "bifrost");
  await expect.poll(children, { timeout: 20_000 }).toBeGreaterThan(before);
  await world.restart();
  expect(answers()).toMatchObject([{ status: "in_progress", conclusion: null }]);
  await world.settled();
  expect(answers()).toMatchObject([{ status: "completed", conclusion: "success", title: "1 workflow passes" }]);
});
