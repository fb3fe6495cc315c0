import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lastingProcesses, signOn } from "../../src/store/embedded-processes.ts";

test("lastingProcesses() names those that signed on and live, and no others", async () => {
  const home = await mkdtemp(join(tmpdir(), "bifrost-processes-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  expect(await lastingProcesses(home)).toEqual([]);

  const signOff = await signOn(home);
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const closed = once(other, "close");
  await writeFile(join(home, "processes", `${other.pid}`), "");
  await writeFile(join(home, "processes", "notes.txt"), "");
  expect((await lastingProcesses(home)).sort()).toEqual([process.pid, other.pid].sort());

  other.kill("SIGKILL");
  await closed;
  expect(await lastingProcesses(home)).toEqual([process.pid]);
  await signOff();
  expect(await lastingProcesses(home)).toEqual([]);
});
