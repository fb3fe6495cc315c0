// A child process that code broke out into, with all the powers of native code: it calls the kernel itself, by the number of each
// call and with whatever arguments it likes. With the word "walled" it puts the walls up before, as every child of ours does.
// Prints a line of JSON: which attack came to what.

import { dlopen, getInt32, getRawPointer } from "node:ffi";
import { closeSync, writeSync } from "node:fs";
import { type Machine, machines } from "../../src/confinement/system-calls.ts";
import { raiseWalls } from "../../src/confinement/walls.ts";
import { attackNumbers } from "./attack-numbers.ts";

const [, , state, folder = "", port = ""] = process.argv;
const column = machines.indexOf(process.arch as Machine);
const { functions } = dlopen(null, {
  syscall: { arguments: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], return: "i64" },
  __errno_location: { arguments: [], return: "pointer" },
});
const standing = state === "walled" ? raiseWalls() : null;

const held: Buffer[] = [];
const memory = (bytes: Buffer): bigint => {
  held.push(bytes);
  return getRawPointer(bytes);
};
const text = (value: string): bigint => memory(Buffer.from(`${value}\0`));
const room = (size: number): bigint => memory(Buffer.alloc(size));
const words = (...values: bigint[]): bigint => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigInt64LE(value, 8 * index);
  return memory(bytes);
};

const workingFolder = -100n;
const parent = BigInt(process.ppid);
const mine = (name: string): string => `${folder}/${name}-${state}`;
// struct sockaddr_in of 127.0.0.1, port given.
const address = Buffer.from([2, 0, Number(port) >> 8, Number(port) & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
// struct iovec over 8 bytes, and struct msghdr that passes descriptor 2 along.
const vector = words(room(8), 8n);
const control = Buffer.alloc(24);
control.writeBigUInt64LE(20n, 0);
control.writeInt32LE(1, 8);
control.writeInt32LE(1, 12);
control.writeInt32LE(2, 16);
const passing = words(0n, 0n, vector, 1n, memory(control), 24n, 0n);

/** Makes a call and gives what came of it: where it was refused, the error below 0. */
function ask(name: keyof typeof attackNumbers, ...given: bigint[]): number {
  const [one = 0n, two = 0n, three = 0n, four = 0n, five = 0n, six = 0n] = given;
  const number = attackNumbers[name][column] ?? -1;
  const came = Number(functions.syscall(BigInt(number), one, two, three, four, five, six));
  return came === -1 ? -getInt32(functions.__errno_location()) : came;
}

/** Opens, and closes what it opened. */
const opens = (descriptor: number): number => {
  if (descriptor >= 0) closeSync(descriptor);
  return descriptor;
};

const attacks: Readonly<Record<string, () => number>> = {
  "read /etc/passwd": () => opens(ask("openat", workingFolder, text("/etc/passwd"), 0n, 0n)),
  "read the parent's environment": () => opens(ask("openat", workingFolder, text(`/proc/${parent}/environ`), 0n, 0n)),
  "read the parent's memory by its file": () =>
    opens(ask("openat", workingFolder, text(`/proc/${parent}/mem`), 0n, 0n)),
  "read the parent's memory by a call": () => ask("process_vm_readv", parent, vector, 1n, vector, 1n, 0n),
  "list the folder of the program": () => opens(ask("openat", workingFolder, text(import.meta.dirname), 0o200000n, 0n)),
  "make a file": () => opens(ask("openat", workingFolder, text(mine("made")), 0o101n, 0o600n)),
  "make a folder": () => ask("mkdirat", workingFolder, text(mine("folder")), 0o700n),
  "link a file": () => ask("symlinkat", text("/etc/passwd"), workingFolder, text(mine("link"))),
  "hold a file in memory": () => opens(ask("memfd_create", text("name"), 0n)),
  "look whether a file is there": () => ask("newfstatat", workingFolder, text("/etc/passwd"), room(256), 0n),
  "make a socket of IPv4": () => opens(ask("socket", 2n, 1n, 0n)),
  "make a socket of IPv6": () => opens(ask("socket", 10n, 2n, 0n)),
  "make a socket of the machine": () => opens(ask("socket", 1n, 1n, 0n)),
  "connect to a server": () => {
    const socket = ask("socket", 2n, 1n, 0n);
    if (socket < 0) return socket;
    const came = ask("connect", BigInt(socket), memory(address), 16n);
    closeSync(socket);
    return came;
  },
  "pass a descriptor to the parent": () => ask("sendmsg", 3n, passing, 0n),
  "signal the parent": () => ask("kill", parent, 0n),
  "signal everybody": () => ask("kill", -1n, 0n),
  "signal a thread of the parent": () => ask("tgkill", parent, parent, 0n),
  "open the parent as a process": () => opens(ask("pidfd_open", parent, 0n)),
  "set the parent's limits": () => ask("prlimit64", parent, 7n, 0n, room(16)),
  "set its own limits": () => ask("prlimit64", 0n, 7n, words(256n, 256n), 0n),
  // Ends at once where it is let: the child is the same program in the middle of this line.
  "start a process": () => {
    const child = ask("clone", 17n, 0n, 0n, 0n);
    if (child === 0) ask("exit_group", 0n);
    return child;
  },
  "be another program": () => ask("execve", text("/nowhere"), 0n, 0n),
  // PTRACE_SEIZE, which lets it go on.
  "trace the parent": () => ask("ptrace", 0x4206n, parent, 0n, 0n),
  "have a namespace of its own": () => ask("unshare", 0n),
  "make a ring for input and output": () => opens(ask("io_uring_setup", 8n, room(120))),
  "hand work to a ring": () => ask("io_uring_enter", 0n, 0n, 0n, 0n),
  "load a program into the kernel": () => ask("bpf", 0n, 0n, 0n),
  "watch the machine": () => ask("perf_event_open", 0n, 0n, 0n, 0n),
  "take a key of the user": () => ask("keyctl", 0n, -3n, 0n),
  "be told of faults of memory": () => ask("userfaultfd", 0n),
  "change what it may": () => ask("prctl", 4n, 1n, 0n, 0n),
  "take the walls down by another filter": () => ask("seccomp", 2n, 0n, room(4)),
};

const came = Object.fromEntries(Object.entries(attacks).map(([name, attack]) => [name, attack()]));
// The work goes on: its own channel, memory, threads and clock.
const lives =
  ask("kill", BigInt(process.pid), 0n) === 0 && (await new Promise((resolve) => setTimeout(resolve, 1, true)));
writeSync(1, `${JSON.stringify({ standing, came, lives })}\n`);
