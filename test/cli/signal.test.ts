import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test, vi } from "vitest";
import { makeFolder } from "./bifrost.ts";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");

test.runIf(process.platform === "linux")(
  "run takes its sandbox and its parser with it when it is interrupted",
  async () => {
    const folder = makeFolder({ "workflows/endless.ts": "export default () => { for (;;); };" });
    const parent = spawn(process.execPath, [main, "run", "endless", "--dir", folder, "--time-limit", "60"]);
    const ended = once(parent, "exit");
    const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    const children = await vi.waitFor(
      () => {
        const pids = childrenOf(parent.pid ?? 0);
        expect(pids.length).toBeGreaterThanOrEqual(2);
        return pids;
      },
      { timeout: 10_000 },
    );
    parent.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    await vi.waitFor(() => expect(children.filter((pid) => existsSync(`/proc/${pid}/cmdline`))).toEqual([]));
  },
);
