// A pull request that is made to bring the app down: it gets its answer, and so does everybody else.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Repository } from "../github/repository.ts";
import { checkRun, startWorld, type World } from "./world.ts";

let world: World;
let hostile: Repository;
let neighbour: Repository;
beforeAll(async () => {
  world = await startWorld();
  hostile = await world.boundRepository("hostile-inc", await world.organization("hostile"), {
    "shared/a.ts": "export {};",
  });
  neighbour = await world.boundRepository("neighbour-inc", await world.organization("neighbour"), {
    "shared/a.ts": "export {};",
  });
});
afterAll(() => world.close());

test("a file that ends whoever parses it is a syntax error of its author, and the app goes on", async () => {
  const nested = `export default ${"[".repeat(20_000)}${"]".repeat(20_000)};\n`;
  const pull = await hostile.openPullRequest({ branch: "nested", files: { "shared/nested.ts": nested } });
  const other = await neighbour.openPullRequest({ branch: "plain", files: { "shared/b.ts": "export {};\n" } });
  await world.settled();
  const red = checkRun(hostile, pull.headSha, "bifrost");
  expect(red.conclusion).toBe("failure");
  expect(red.annotations).toMatchObject([{ path: "shared/nested.ts", start_line: 1, title: "syntax-error" }]);
  expect(checkRun(neighbour, other.headSha, "bifrost").conclusion).toBe("success");
});
