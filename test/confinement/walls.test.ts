// The walls, from the inside: what an attacker would do who has broken out of the engine and calls the kernel as they like.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { forkConfined } from "../../src/confinement/confine.ts";
import { createParser } from "../../src/parsing/parser.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { children, childrenAfter } from "../sandbox/children.ts";
import { run } from "../sandbox/program.ts";
import { saidBy } from "./ask-child.ts";

interface Came {
  readonly standing: Readonly<Record<string, boolean>> | null;
  readonly came: Readonly<Record<string, number>>;
  readonly lives: boolean;
}

// What anybody's process may do on any Linux, so that a wall is what stops it.
const possible = [
  "read /etc/passwd",
  "read the parent's environment",
  "list the folder of the program",
  "make a file",
  "make a folder",
  "link a file",
  "hold a file in memory",
  "look whether a file is there",
  "make a socket of IPv4",
  "make a socket of the machine",
  "connect to a server",
  "pass a descriptor to the parent",
  "signal the parent",
  "signal a thread of the parent",
  "open the parent as a process",
  "set its own limits",
  "start a process",
  "have a namespace of its own",
  "change what it may",
];

const folder = mkdtempSync(join(tmpdir(), "bifrost-walls-"));
let port = 0;
beforeAll(async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  port = (server.address() as AddressInfo).port;
  return () => {
    server.close();
    rmSync(folder, { recursive: true });
  };
});

/** Starts a program of this folder as our children are started, and reads what it says. */
async function start<T>(name: string, ...args: string[]): Promise<T> {
  const file = join(import.meta.dirname, name);
  return await saidBy<T>(forkConfined(file, [], { args, stdio: ["ignore", "pipe", "inherit", "ipc"] }));
}

const attack = (state: "walled" | "open") => start<Came>("escaped-process.ts", state, folder, `${port}`);

test("code that calls the kernel itself reaches no file, no network and no process", async () => {
  const { standing, came, lives } = await attack("walled");
  expect(standing).toEqual({ files: true, network: true, processes: true });
  // EPERM, each of them.
  expect(Object.entries(came).filter(([, result]) => result !== -1)).toEqual([]);
  expect(Object.keys(came).length).toBeGreaterThan(30);
  expect(lives).toBe(true);
  expect(readdirSync(folder).filter((name) => name.endsWith("walled"))).toEqual([]);
});

test("without the walls the same code does all that a process may", async () => {
  const { came } = await attack("open");
  expect(possible.filter((name) => came[name] === undefined || came[name] < 0)).toEqual([]);
});

test("every thread of every child process stands behind the walls", async () => {
  const before = children();
  const sandbox = createSandbox({ processes: 1 });
  const parser = createParser({ processes: 1 });
  onTestFinished(async () => void (await Promise.all([sandbox.close(), parser.close()])));
  await parser.parse([{ source: "export default 1;", language: "javascript" }]);
  // The second has it made a script, in a process more.
  for (let time = 0; time < 2; time += 1) await run(sandbox, "export default () => 1;");
  expect(sandbox.walls()).toEqual({ files: true, network: true, processes: true });
  const open = () =>
    childrenAfter(before).flatMap((pid) =>
      readdirSync(`/proc/${pid}/task`)
        .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8"))
        .filter((status) => !/^NoNewPrivs:\t1$/m.test(status) || !/^Seccomp:\t2$/m.test(status)),
    );
  // The process that makes scripts may still be loading.
  await expect.poll(() => [childrenAfter(before).length, open()], { timeout: 20_000 }).toEqual([3, []]);
});

test("what Node itself offers is refused as well, wall or no wall", async () => {
  const { codes } = await start<{ codes: Record<string, string> }>("confined-process.ts");
  expect(Object.keys(codes).length).toBe(10);
  expect(Object.entries(codes).filter(([, code]) => code !== "ERR_ACCESS_DENIED")).toEqual([]);
});
