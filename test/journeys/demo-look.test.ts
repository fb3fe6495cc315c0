// What a newcomer does with a demo that stays up: push from its checkouts.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { followPushes, prepareLook } from "../../script/demo-look.ts";
import { startGitHub } from "../github/emulator.ts";

test("a branch that is pushed from a checkout becomes a pull request, and a push to main moves it", async () => {
  const github = await startGitHub();
  const folder = await mkdtemp(join(tmpdir(), "bifrost-demo-look-"));
  const repository = await github.createAccount("acme-inc").createRepository("modules", { files: { "a.ts": "1" } });
  const { variables, checkouts } = await prepareLook({
    folder,
    environment: { APP_ID: "7", WEBHOOK_SECRET: "it's a secret" },
    repositories: [repository],
  });
  const { stdout } = await promisify(execFile)("sh", ["-c", `. "${variables}" && echo "$APP_ID $WEBHOOK_SECRET"`]);
  expect(stdout).toBe("7 it's a secret\n");
  const [checkout] = checkouts;
  expect(checkout).toEqual({ repository: "acme-inc/modules", folder: join(folder, "acme-inc/modules") });

  const said: string[] = [];
  const stop = new AbortController();
  const following = followPushes([repository], (text) => said.push(text), stop.signal).catch(() => {});
  onTestFinished(async () => {
    stop.abort();
    await following;
    await github.close();
    await rm(folder, { recursive: true, force: true });
  });
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: checkout?.folder ?? "" });
  const wait = { timeout: 20_000 };
  expect(await readFile(join(folder, "acme-inc/modules/a.ts"), "utf8")).toBe("1");
  await git("switch", "--quiet", "--create", "try");
  await writeFile(join(folder, "acme-inc/modules/a.ts"), "2");
  await git("commit", "--quiet", "--all", "--message", "Change a");
  await git("push", "--quiet", "origin", "try");
  await vi.waitFor(() => expect(repository.pulls).toMatchObject([{ title: "Change a", headBranch: "try" }]), wait);
  await vi.waitFor(() => expect(said).toContainEqual("  pull request 1 is open"), wait);

  await git("push", "--quiet", "origin", "try:main");
  const head = await repository.head();
  await vi.waitFor(() => expect(said).toContainEqual(expect.stringContaining(`main is at ${head.slice(0, 7)}`)), wait);
  expect(repository.pulls).toHaveLength(1);
  expect(await repository.read("a.ts")).toBe("2");
  expect(github.violations).toEqual([]);
});
