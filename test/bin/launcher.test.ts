// bin/bifrost in a project of its own: a program that says what it was started with stands where the real one does.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const ownNode = join(repository, "node_modules/node/bin/node");

const program = `
const [, , action, ...rest] = process.argv;
if (action === "wait") {
  process.on("SIGTERM", () => process.exit(43));
  setInterval(() => {}, 1000);
  console.log("waiting");
} else {
  console.log(JSON.stringify({ node: process.execPath, action, rest }));
  process.exitCode = 42;
}
`;

// What a Node of another major version looks like to the launcher.
const asOtherNode = [
  "--import",
  `data:text/javascript,${encodeURIComponent(
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } })',
  )}`,
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bifrost-launcher-"));
  await mkdir(join(folder, "src/cli"), { recursive: true });
  await writeFile(join(folder, "src/cli/main.ts"), program);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await cp(join(repository, "bin"), join(folder, "bin"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const install = () => symlink(join(repository, "node_modules"), join(folder, "node_modules"));

function start(nodeOptions: readonly string[], args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [...nodeOptions, join(folder, "bin/bifrost"), ...args], {
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function finish(child: ChildProcessByStdio<null, Readable, Readable>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr, code };
}

describe.each([
  { name: "the project's own Node", options: [] },
  { name: "another Node", options: asOtherNode },
])("bin/bifrost started by $name", ({ options }) => {
  test("runs the program on the project's own Node with the arguments, and ends with its exit code", async () => {
    await install();
    const { stdout, code } = await finish(start(options, ["resolve", "--from", "a b", "shared/x"]));
    expect(JSON.parse(stdout)).toEqual({ node: ownNode, action: "resolve", rest: ["--from", "a b", "shared/x"] });
    expect(code).toBe(42);
  });

  test("passes SIGTERM on to the program", async () => {
    await install();
    const child = start(options, ["wait"]);
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect((await finish(child)).code).toBe(43);
  });

  test("says how to install the packages where there are none", async () => {
    const { stdout, stderr, code } = await finish(start(options, ["--help"]));
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
    expect(stderr).toBe('bifrost: Packages are not installed: run "npm ci" in the folder of the project\n');
  });
});

test("bin/bifrost says what is missing where another Node starts it and install scripts were skipped", async () => {
  await mkdir(join(folder, "node_modules"));
  await symlink(join(repository, "node_modules/commander"), join(folder, "node_modules/commander"));
  const { stderr, code } = await finish(start(asOtherNode, ["--help"]));
  expect(code).toBe(2);
  expect(stderr).toContain("Cannot run on Node 20.0.0");
  expect(stderr).toContain('run "npm ci" without --ignore-scripts');
});
