// How the processes are started that touch what strangers wrote, and what they give up once they have loaded.
import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { forbidRings, raiseWalls, type Walls } from "./walls.ts";

// No rights but those that loading takes, and that of putting up the walls.
const flags: readonly string[] = [
  "--disable-warning=ExperimentalWarning",
  "--disable-warning=SecurityWarning",
  "--permission",
  "--allow-addons",
  // A Node that was built without it would not start: its children go without the walls.
  ...["--allow-ffi"].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag)),
  "--allow-fs-read=*",
  "--allow-worker",
];

// Nothing of this process's environment, which holds the deployment's secrets.
const environment: Readonly<Record<string, string>> = {
  // Without it the process asks the system, which it cannot once it is confined.
  TZ: new Intl.DateTimeFormat().resolvedOptions().timeZone,
};

/**
 * Starts a program that calls `confine` once it has loaded, with a channel to it, and with nothing of this process's own but
 * what `options` say of its standard streams. `moreFlags` are Node's.
 */
export function forkConfined(
  file: string,
  moreFlags: readonly string[],
  { args = [], ...options }: Pick<ForkOptions, "stdio" | "serialization"> & { readonly args?: readonly string[] },
): ChildProcess {
  forbidRings();
  const execArgv = [...moreFlags, ...flags];
  return fork(file, args, { execPath: process.execPath, execArgv, env: environment, cwd: "/", ...options });
}

/** To be called once everything is loaded: takes away, for good, what is left of the process's rights. */
export function confine(): Walls {
  const walls = raiseWalls();
  // The same for whoever has only what Node offers, and all that there is where no wall stands.
  for (const right of ["fs.read", "addon", "worker", "ffi"] as const) process.permission?.drop?.(right);
  return walls;
}
