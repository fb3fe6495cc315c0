// The walls around a process that touches what strangers wrote. They are the kernel's, and so hold whatever runs inside, also
// native code that broke out of the engine. They go up once, after everything is loaded, for all threads, and nothing takes
// them down.
import { closeSync, readdirSync, readlinkSync } from "node:fs";
import { filterFor, filterWithoutRings } from "./filter.ts";
import { openKernel } from "./kernel.ts";
import { wallCalls } from "./system-calls.ts";

/**
 * What is shut off, as tried from inside by calls of the kernel.
 * - `files`: nothing can be opened, made or removed.
 * - `network`: no socket can be made.
 * - `processes`: none can be started, signalled, watched or entered.
 */
export const wallNames = ["files", "network", "processes"] as const;
export type WallName = (typeof wallNames)[number];
export type Walls = Readonly<Record<WallName, boolean>>;

/** Of a process that nothing but Node's permission model holds. */
export const noWalls: Walls = { files: false, network: false, processes: false };

// linux/fcntl.h and linux/socket.h
const workingFolder = -100n;
const internet = 2n;
const stream = 1n;

/**
 * Puts the walls up around this process and tells which stand. None where the machine is not one of those known, where it is no
 * Linux, or where what the process runs in forbids it: then this changes nothing.
 */
export function raiseWalls(): Walls {
  const kernel = openKernel(wallCalls.seccomp);
  if (kernel === undefined || hasRing()) return noWalls;
  kernel.forbidFileGrowth();
  kernel.install(filterFor(kernel.machine, process.pid), true);

  const root = Buffer.from("/\0");
  const file = Number(kernel.call(wallCalls.openat, workingFolder, kernel.addressOf(root), 0n, 0n));
  const socket = Number(kernel.call(wallCalls.socket, internet, stream, 0n));
  for (const descriptor of [file, socket]) if (descriptor >= 0) closeSync(descriptor);
  // Takes nothing away from what it shares with others: without the wall it does nothing and says so.
  const shared = Number(kernel.call(wallCalls.unshare, 0n));
  return { files: file < 0, network: socket < 0, processes: shared < 0 };
}

let isWithoutRings = false;

/**
 * Keeps processes that this thread starts from now on from having one of the kernel's rings for input and output. What is put on
 * a ring is done by the kernel past every wall, and libuv makes one as a process starts, before any code of ours. This
 * process keeps the one that it has.
 */
export function forbidRings(): void {
  if (isWithoutRings) return;
  isWithoutRings = true;
  const kernel = openKernel(wallCalls.seccomp);
  kernel?.install(filterWithoutRings(kernel.machine), false);
}

/** Whether this process has a ring, and so nothing would hold it. */
function hasRing(): boolean {
  const folder = "/proc/self/fd";
  try {
    return readdirSync(folder).some((name) => isRing(`${folder}/${name}`));
  } catch {
    // Nothing of it can be seen.
    return true;
  }
}

function isRing(path: string): boolean {
  try {
    return readlinkSync(path).includes("io_uring");
  } catch {
    // The descriptor by which the folder was read.
    return false;
  }
}
