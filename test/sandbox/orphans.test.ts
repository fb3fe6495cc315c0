import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

test("child processes end when their parent is killed, also one that is busy without end", async () => {
  const script = fileURLToPath(new URL("orphans-process.ts", import.meta.url));
  const parent = spawn(process.execPath, ["--no-warnings", script], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [line] = await once(parent.stdout.setEncoding("utf8"), "data");
  const pids = String(line).trim().split(" ");
  // One that parses, one that runs, one that makes scripts.
  expect(pids).toHaveLength(3);
  onTestFinished(() => {
    for (const pid of pids) if (isThere(pid)) process.kill(Number(pid), "SIGKILL");
  });

  parent.kill("SIGKILL");
  await once(parent, "exit");
  await expect.poll(() => pids.filter(isThere), { timeout: 20_000 }).toEqual([]);
});

function isThere(pid: string): boolean {
  return existsSync(`/proc/${pid}`);
}
