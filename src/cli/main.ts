#!/usr/bin/env node
// `bifrost`: hands the process's arguments, streams and edges to the program. What only some commands need is loaded when
// one of them runs: the database's libraries alone take longer to load than a check of a small folder takes to run.
import { constants } from "node:os";
import type { Parser } from "../parsing/parser.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { runCommandLine } from "./command-line.ts";
import type { CreateApp } from "./commands/app.ts";
import type { Examine } from "./commands/doctor.ts";
import type { Migrate } from "./commands/migrate.ts";
import type { Deployment } from "./deployment.ts";
import type { CliIo } from "./io.ts";
import { createProgram } from "./program.ts";
import { serve } from "./serve.ts";

let isOutputLost = false;
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`bifrost check | head`) closes the pipe; that is no failure of ours.
  if (code === "EPIPE" || isOutputLost) return;
  isOutputLost = true;
  process.exitCode = 1;
  const remedy = code === "ENOSPC" ? "Make room on the disk, or write elsewhere" : "Write elsewhere";
  process.stderr.write(`error: Cannot write the output: ${message}\n  to do: ${remedy}\n`);
});
// Nobody is left to be told.
process.stderr.on("error", () => {});

/** What has processes of its own, which must not outlive this one. */
const held = new Set<{ close(): Promise<void> }>();
const io: CliIo = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, exitCode: 0 };
const program = createProgram(io, {
  openSandbox,
  openParser,
  openDeployment,
  migrate,
  examine,
  serve,
  createApp,
});
// Not process.exit(): what is still on its way to a pipe would be lost.
const exitCode = await runCommandLine(program, io, process.argv.slice(2));
process.exitCode = isOutputLost ? 1 : exitCode;

async function openSandbox(): Promise<Sandbox> {
  const { createSandbox } = await import("../sandbox/pool.ts");
  return hold(createSandbox());
}

/** Opens the parser with a process that is ready by the time that there is something to read. */
async function openParser(): Promise<Parser> {
  const { createParser } = await import("../parsing/parser.ts");
  const parser = hold(createParser());
  parser.warm();
  return parser;
}

/** Sees to it that whoever ends this process early ends the processes of what it opened with it. */
function hold<T extends { close(): Promise<void> }>(opened: T): T {
  if (held.size === 0) {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, async () => {
        await Promise.all([...held].map((one) => one.close()));
        // As a shell reports a process that a signal ended.
        process.exit(128 + constants.signals[signal]);
      });
    }
  }
  held.add(opened);
  return opened;
}

/** Opens store and queue of the deployment that the environment names. */
async function openDeployment(): Promise<Deployment> {
  const { app, readConfig, createLog } = await loadApp();
  // A command's words are its output; the log is there for what goes wrong below them.
  return app.openDeployment(readConfig(), createLog("error"));
}

async function migrate(): ReturnType<Migrate> {
  const { app, readConfig } = await loadApp();
  return app.migrate(readConfig());
}

async function createApp(...[options]: Parameters<CreateApp>): ReturnType<CreateApp> {
  const command = await import("./create-app.ts");
  return command.createApp(options);
}

async function examine(...[options]: Parameters<Examine>): ReturnType<Examine> {
  const { examineDeployment } = await import("./examine.ts");
  return examineDeployment(options);
}

async function loadApp() {
  const [app, { readConfig }, { createLog }] = await Promise.all([
    import("../main.ts"),
    import("../config.ts"),
    import("../log.ts"),
  ]);
  return { app, readConfig, createLog };
}
