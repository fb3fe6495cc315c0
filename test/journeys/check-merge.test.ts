// What a pull request is checked as: merged into what has landed since its branch was cut.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Repository } from "../github/repository.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let repository: Repository;

beforeAll(async () => {
  world = await startWorld();
  repository = await world.boundRepository("acme-inc", await world.organization("acme"), {
    "shared/old.ts": "export const old = 1;\n",
    "shared/rules.ts": "export const limit = 1;\n",
    "workflows/uses.ts": "import { limit } from 'shared/rules';\nexport default () => limit;\n",
  });
});
afterAll(async () => {
  const { violations } = world.github;
  await world.close();
  expect(violations).toEqual([]);
});

test("a branch from before others landed is checked as merged, and one in conflict is said to be", async () => {
  const pulls = await Promise.all([
    repository.openPullRequest({ branch: "behind", files: { "shared/mine.ts": "import './rules';\n" } }),
    repository.openPullRequest({ branch: "clash", files: { "shared/rules.ts": "export const limit = 2;\n" } }),
  ]);
  await world.settled();
  await repository.push({
    message: "Move on",
    files: {
      "shared/landed.ts": "export {};\n",
      "shared/old.ts": null,
      "shared/rules.ts": "export const limit = 3;\n",
    },
  });
  await world.settled();
  const answers: string[] = [];
  for (const pull of pulls) {
    await checkRun(repository, pull.headSha, "bifrost").rerequest();
    await world.settled();
    answers.push(checkRun(repository, pull.headSha, "bifrost").summary ?? "");
  }
  const [behind = "", clash = ""] = answers;
  expect(behind).toContain("adds `shared/mine.ts`");
  expect(behind).not.toMatch(/landed|old\.ts|- changes/);
  expect(clash).toMatch(/^\*\*The branch conflicts with `main`\.\*\*/);
  expect(clash).not.toContain("The next sync");
  expect(clash).toContain("**Changed on both sides**\n\n- `shared/rules.ts`");
  const clashing = checkRun(repository, pulls[1].headSha, "bifrost");
  expect(clashing).toMatchObject({ conclusion: "failure", title: "Conflicts with main" });
});
