// Runs the command line as a person does, in a process of its own, on folders made for one test.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { onTestFinished } from "vitest";

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

/** Runs `bifrost` with these arguments, in a working folder of its own unless one is given. */
export async function bifrost(args: readonly string[], cwd = makeFolder()): Promise<Finished> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { PATH: process.env.PATH }, stdio: "pipe" });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  child.stdin.end();
  const exitCode = await new Promise<number | null>((done, fail) => child.on("close", done).on("error", fail));
  return { exitCode, stdout, stderr };
}

/** Runs `bifrost … --json` and gives the document, which is all that it may print. */
export async function bifrostJson(args: readonly string[], cwd?: string) {
  const { exitCode, stdout, stderr } = await bifrost([...args, "--json"], cwd);
  if (stderr !== "") throw new Error(`Something was printed beside the document:\n${stderr}`);
  return { exitCode, document: JSON.parse(stdout) };
}
