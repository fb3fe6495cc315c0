// Runs the command line as a person does, on folders made for one test: in a process of its own, or in this one where
// nothing of a process matters and a start of Node for each case would make the tests slow.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { createProgram } from "../../src/cli/program.ts";
import { declaredDocument } from "./documents.ts";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");

/** Files by path. Text is written as UTF-8. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Makes a folder that is gone when the test is over. */
export function makeFolder(files: Files = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "bifrost-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `bifrost` with these arguments, in a working folder of its own unless one is given, and this on standard input. */
export async function bifrost(
  args: readonly string[],
  cwd = makeFolder(),
  env: Readonly<Record<string, string>> = {},
  input = "",
): Promise<Finished> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  child.stdin.end(input);
  const exitCode = await new Promise<number | null>((done, fail) => child.on("close", done).on("error", fail));
  return { exitCode, stdout, stderr };
}

/** Runs `bifrost … --json` and gives the document, which is all that it may print. */
export async function bifrostJson(args: readonly string[], cwd?: string) {
  const { exitCode, stdout, stderr } = await bifrost([...args, "--json"], cwd);
  if (stderr !== "") throw new Error(`Something was printed beside the document:\n${stderr}`);
  return { exitCode, document: declaredDocument(args, stdout) };
}

/** Runs a command line that opens nothing but folders, in this process; paths are absolute. */
export async function bifrostHere(args: readonly string[]): Promise<Finished> {
  const text = { stdout: "", stderr: "" };
  const collect = (name: keyof typeof text) =>
    new Writable({
      write(chunk, _, done) {
        text[name] += chunk;
        done();
      },
    });
  const io: CliIo = { stdin: Readable.from([]), stdout: collect("stdout"), stderr: collect("stderr"), exitCode: 0 };
  const refuse = () => Promise.reject(new Error("This test opens folders only"));
  const edges = {
    openSandbox: refuse,
    openParser: refuse,
    openDeployment: refuse,
    migrate: refuse,
    examine: refuse,
    serve: refuse,
    createApp: refuse,
  };
  return { exitCode: await runCommandLine(createProgram(io, edges), io, args), ...text };
}
