import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { bifrost, bifrostHere, makeFolder } from "./bifrost.ts";

const wrongUses = [
  ["an unknown command", ["chek"], "unknown command 'chek' (Did you mean check?)"],
  ["an unknown option", ["check", "--jsn"], "unknown option '--jsn' (Did you mean --json?)"],
  ["a missing argument", ["run"], "missing required argument 'workflow'"],
  ["too many arguments", ["check", "a", "b"], "too many arguments"],
  ["an option without its value", ["check", "--global"], "argument missing"],
  ["a missing folder", ["check", "/nowhere"], 'Cannot read the folder "/nowhere": it does not exist'],
  ["a missing global folder", ["check", tmpdir(), "--global", "/nowhere"], 'Cannot read the global folder "/nowhere"'],
  [
    "a file instead of a folder",
    ["check", process.execPath],
    `Cannot read the folder "${process.execPath}": it is not a folder`,
  ],
  ["a scope that is no slug", ["check", "--scope", "Acme Inc"], '"Acme Inc" is not a slug'],
  ["a limit that is no number", ["check", "--time-limit", "soon"], "Give a number from 0.01 to 86400"],
  ["an input that is not JSON", ["run", "x", "--input", "{name}"], "The value of --input is not JSON"],
  ["an importing file above the root", ["resolve", "./x", "--from", "../a.ts"], "--from is not a path"],
] as const;

describe("wrong use", () => {
  test.each(wrongUses)("%s exits with 2, and says on standard error what to do", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await bifrostHere(args);
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\n {2}to do: \S.*\n$/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  test.each(wrongUses)(
    "%s with --json exits with 2, and prints one document and nothing else",
    async (_, args, message) => {
      const { exitCode, stdout, stderr } = await bifrostHere([...args.slice(0, 1), "--json", ...args.slice(1)]);
      const document = JSON.parse(stdout);
      expect(document).toEqual({
        ok: false,
        error: { code: "wrong-use", message: expect.any(String), remedy: expect.any(String) },
      });
      expect(document.error.message).toContain(message);
      expect(stderr).toBe("");
      expect(exitCode).toBe(2);
    },
  );

  test("resolve and a manifest that is wrong exit with 2, at the manifest's line", async () => {
    const folder = makeFolder({ ".github/bifrost.yml": "scope: acme\nroot: 3" });
    const { exitCode, stderr } = await bifrostHere(["resolve", "shared/a", "--dir", folder]);
    expect(stderr).toContain('.github/bifrost.yml:2: "root" must be text');
    expect(exitCode).toBe(2);
  });
});

test("the process ends with the exit code, and with a document on standard output alone", async () => {
  const { exitCode, stdout, stderr } = await bifrost(["check", "nowhere", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: "wrong-use" } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "" });
});

test.runIf(process.platform === "linux")(
  "output that cannot be written is said in a line, and exits with 1",
  async () => {
    const shell = (command: string) =>
      promisify(execFile)("sh", ["-c", command]).then(
        () => ({ code: 0, stderr: "" }),
        ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
      );
    const main = resolve(import.meta.dirname, "../../src/cli/main.ts");
    const explain = `"${process.execPath}" "${main}" explain timeout`;
    expect(await shell(`${explain} >/dev/full`)).toEqual({
      code: 1,
      stderr:
        "error: Cannot write the output: ENOSPC: no space left on device, write\n  to do: Make room on the disk, or write elsewhere\n",
    });
    expect(await shell(`${explain} | true`)).toEqual({ code: 0, stderr: "" });
  },
);

describe("help", () => {
  test.each(["check", "run", "resolve"])("%s --help shows an example and exits with 0", async (command) => {
    const { exitCode, stdout, stderr } = await bifrostHere([command, "--help"]);
    expect(stdout).toContain(`Usage: bifrost ${command} `);
    expect(stdout).toContain(`Example:\n  $ bifrost ${command} `);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test("every command says what it does in text that a terminal of any width wraps", () => {
    const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];
    const edges = {} as Parameters<typeof createProgram>[1];
    const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, exitCode: 0 } as const;
    for (const command of commandsOf(createProgram(io, edges))) {
      expect(command.description(), command.name()).toMatch(/^\S[^\n]+$/);
      expect(command.summary() || command.description(), command.name()).toMatch(/[^.]$/);
    }
  });

  test("every command shows an example and, but for the app itself, takes --json", () => {
    const leavesOf = (command: Command): Command[] =>
      command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
    const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, exitCode: 0 } as const;
    for (const command of leavesOf(createProgram(io, {} as Parameters<typeof createProgram>[1]))) {
      const takesJson = command.options.some(({ long }) => long === "--json");
      expect(takesJson, command.name()).toBe(command.name() !== "serve");
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help, command.name()).toMatch(/\nExample:\n {2}\$ .*bifrost /);
    }
  });

  test("bifrost without a command shows the commands and exits with 2", async () => {
    const { exitCode, stdout, stderr } = await bifrost([]);
    expect(stderr).toContain("Usage: bifrost");
    expect(stderr).toContain("check");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  test.each([
    [["--json"], "check, run"],
    [["org", "--json"], "create, rename, list"],
    [["--json", "org"], "create, rename, list"],
  ])("%j, which names no command, is told which there are", async (args, names) => {
    const { exitCode, stdout, stderr } = await bifrost(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: "wrong-use", message: "No command was given", remedy: expect.stringContaining(names) },
    });
  });

  test("--version prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8"));
    expect(await bifrost(["--version"])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  });
});
