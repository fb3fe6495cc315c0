// The operator's commands on a world: on its own store and queue, which takes no time, or as the process that they are.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { createProgram } from "../../src/cli/program.ts";
import { createParser } from "../../src/parsing/parser.ts";
import { declaredDocument } from "../cli/documents.ts";
import type { World } from "./world.ts";

export interface Operated {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `bifrost` with these arguments as a process beside the app, and gives its exit code and output. */
export function operateAsProcess(world: Pick<World, "database">, ...args: string[]): Promise<Operated> {
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const env = { PATH: process.env.PATH, BIFROST_DATABASE_URL: world.database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) => {
      if (args.includes("--json")) declaredDocument(args, stdout);
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Runs `bifrost` with these arguments in this process and gives its exit code and output. */
export async function operate(world: World, ...args: string[]): Promise<Operated> {
  const printed = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof printed) =>
    new Writable({
      write(chunk, _, done) {
        printed[name] += chunk;
        done();
      },
    });
  const io: CliIo = { stdin: Readable.from([]), stdout: stream("stdout"), stderr: stream("stderr"), exitCode: 0 };
  const { store, jobs } = world.app;
  const unused = () => Promise.reject(new Error("An operator's command does not need this"));
  const edges = {
    openSandbox: unused,
    openParser: async () => createParser(),
    openDeployment: async () => ({ store, jobs, close: async () => {} }),
    migrate: unused,
    examine: unused,
    serve: unused,
    createApp: unused,
  };
  const code = await runCommandLine(createProgram(io, edges as Parameters<typeof createProgram>[1]), io, args);
  if (args.includes("--json")) declaredDocument(args, printed.stdout);
  return { code, ...printed };
}

/** Where a repository stands, as `bifrost repo show --json` prints it. */
export async function shown(world: World, fullName: string) {
  const { code, stdout, stderr } = await operate(world, "repo", "show", fullName, "--json");
  if (code !== 0) throw new Error(`bifrost repo show failed: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}
