// The kernel, asked directly: what Node has no function for. Node lets its own functions reach the C library's, so that no
// program is compiled for this and none has to be installed.
import { type Machine, machines, numberOf, type wallCalls } from "./system-calls.ts";

export interface Kernel {
  readonly machine: Machine;
  /** Makes a call and gives what the kernel gave; -1 where it refused. */
  call(numbers: (typeof wallCalls)[keyof typeof wallCalls], ...given: bigint[]): bigint;
  /** Has the kernel judge each further call of this thread, or of all threads, by a program of filter.ts, for good. Gives whether it does. */
  install(filter: Buffer, forAllThreads: boolean): boolean;
  /** Where a buffer's bytes are, for a call. They stay there for as long as somebody holds the buffer. */
  addressOf(bytes: Buffer): bigint;
  /** Lets this process write no file and leave no dump of its memory. */
  forbidFileGrowth(): void;
}

// linux/prctl.h, linux/resource.h and linux/seccomp.h
const setNoNewPrivileges = 38;
const fileSizeLimit = 1;
const coreSizeLimit = 4;
const setModeFilter = 1n;
const synchronizeThreads = 1n;

/** Gives the kernel, or `undefined` where it is no Linux, or the machine none of those whose numbers are known. */
export function openKernel(seccomp: (typeof wallCalls)["seccomp"]): Kernel | undefined {
  const machine = machines.find((one) => one === process.arch);
  if (process.platform !== "linux" || machine === undefined) return undefined;
  const ffi = loadQuietly();
  if (ffi === undefined) return undefined;
  const { functions } = ffi.dlopen(null, {
    syscall: { arguments: ["i64", "i64", "i64", "i64", "i64"], return: "i64" },
    prctl: { arguments: ["i32", "u64", "u64", "u64", "u64"], return: "i32" },
    setrlimit: { arguments: ["i32", "pointer"], return: "i32" },
  });
  const call: Kernel["call"] = (numbers, ...given) => {
    const [one = 0n, two = 0n, three = 0n, four = 0n] = given;
    return functions.syscall(BigInt(numberOf(numbers, machine) ?? -1), one, two, three, four);
  };
  return {
    machine,
    call,
    addressOf: ffi.getRawPointer,
    install(filter, forAllThreads) {
      // Without it only root may; with it, no program that this process might start has more rights than it has.
      functions.prctl(setNoNewPrivileges, 1n, 0n, 0n, 0n);
      // struct sock_fprog: how many instructions, and where.
      const program = Buffer.alloc(16);
      program.writeUInt16LE(filter.length / 8, 0);
      program.writeBigUInt64LE(ffi.getRawPointer(filter), 8);
      return call(seccomp, setModeFilter, forAllThreads ? synchronizeThreads : 0n, ffi.getRawPointer(program)) === 0n;
    },
    forbidFileGrowth() {
      const none = ffi.getRawPointer(Buffer.alloc(16));
      functions.setrlimit(fileSizeLimit, none);
      functions.setrlimit(coreSizeLimit, none);
    },
  };
}

/** Node's module; `undefined` in a Node without it. That it is experimental is no news to whoever reads the output. */
function loadQuietly(): typeof import("node:ffi") | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:ffi");
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
