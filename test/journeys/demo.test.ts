// The demo, as a newcomer starts it.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("script/demo --json shows the whole main job and says that it is well", { timeout: 180_000 }, async () => {
  const demo = join(import.meta.dirname, "../../script/demo.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [demo, "--json"]);
  const { ok, steps } = JSON.parse(stdout);
  expect(ok).toBe(true);
  expect(steps).toContainEqual(
    expect.objectContaining({
      title: "Pull request broken",
      check: expect.objectContaining({
        conclusion: "failure",
        annotations: [
          expect.objectContaining({ path: "workflows/escalate.ts", start_line: 2, title: "module-not-found" }),
        ],
      }),
    }),
  );
  expect(steps).toContainEqual(
    expect.objectContaining({
      title: "Pull request mended",
      check: expect.objectContaining({ conclusion: "success" }),
    }),
  );
  expect(steps.at(-1)).toMatchObject({ title: "Merged", scope: "acme", revision: 4 });
});
