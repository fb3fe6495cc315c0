// How the processes are started that touch workflow code.
import type { ChildProcess } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { forkConfined } from "../confinement/confine.ts";

// The isolate needs Node's own snapshot out of the way.
const flags = ["--no-node-snapshot"];

/** Starts one of the programs in `child/`. Its first message says that it has loaded. Only its standard error is read. */
export function forkChild(name: "main" | "compile-main"): ChildProcess {
  // In the npm package, which holds JavaScript, it ends otherwise.
  const file = fileURLToPath(new URL(`child/${name}${extname(import.meta.filename)}`, import.meta.url));
  return forkConfined(file, flags, { stdio: ["ignore", "ignore", "pipe", "ipc"], serialization: "json" });
}
