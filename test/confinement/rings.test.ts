import { fork } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Walls } from "../../src/confinement/walls.ts";
import { saidBy } from "./ask-child.ts";

// In a file of its own: once a process has started a confined child, no child of it has a ring any more.
test("a process that the kernel does work for on a ring says that no wall stands, and goes on without", async () => {
  const child = fork(join(import.meta.dirname, "ring-process.ts"), [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const { hasRing, walls } = await saidBy<{ hasRing: boolean; walls: Walls }>(child);
  // A kernel without rings, as in most containers, has none to fear.
  expect(Object.values(walls)).toEqual(Array(3).fill(!hasRing));
});
