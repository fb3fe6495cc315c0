// How the processes are started that touch workflow code: without an environment, and with no rights but those that loading
// takes, which they give up once they have loaded.
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

// The isolate needs Node's own snapshot out of the way.
const nodeFlags = [
  "--no-node-snapshot",
  "--disable-warning=ExperimentalWarning",
  "--disable-warning=SecurityWarning",
  "--permission",
  "--allow-addons",
  "--allow-fs-read=*",
  "--allow-worker",
];

/** Starts one of the programs in `child/`. Its first message says that it has loaded. Only its standard error is read. */
export function forkChild(name: "main" | "compile-main"): ChildProcess {
  // In the npm package, which holds JavaScript, it ends otherwise.
  const file = fileURLToPath(new URL(`child/${name}${extname(import.meta.filename)}`, import.meta.url));
  return fork(file, [], {
    execPath: process.execPath,
    execArgv: nodeFlags,
    env: {},
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "json",
  });
}
