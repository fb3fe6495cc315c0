// The program by which the kernel judges every system call of a confined process: seccomp's, in the classic language of packet
// filters. It loads a word of the call, compares it, and returns what is to be done.
import { allowedCalls, checkedCalls, type Machine, numberOf, wallCalls } from "./system-calls.ts";

// linux/bpf_common.h
const loadWord = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAnyBit = 0x45;
const giveBack = 0x06;

// linux/seccomp.h
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const refuse = 0x00050000;

// asm-generic/errno.h
const notPermitted = 1;
const notImplemented = 38;

// Where struct seccomp_data has what, in bytes.
const numberAt = 0;
const machineAt = 4;
const argumentAt = (index: number) => 16 + 8 * index;

// linux/audit.h
const auditMachine: Readonly<Record<Machine, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

// linux/sched.h
const sharedThread = 0x00010000;
// linux/prctl.h: the name of a thread, and that of a piece of memory.
const harmlessControls = [15, 16, 0x53564d41];
// linux/fcntl.h: the flags of a descriptor, read and set.
const harmlessFileControls = [1, 2, 3, 4];

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (at: number): Instruction => [loadWord, 0, 0, at];
const answer = (what: number): Instruction => [giveBack, 0, 0, what];
const refusal = answer(refuse | notPermitted);

/** The filter for a process of this id, as the kernel takes it. On another machine's calls it ends the process. */
export function filterFor(machine: Machine, processId: number): Buffer {
  const plain = Object.values(allowedCalls).flatMap((numbers) => numberOf(numbers, machine) ?? []);
  const call = (name: keyof typeof checkedCalls, block: readonly Instruction[]): Instruction[] => {
    const number = numberOf(checkedCalls[name], machine);
    return number === undefined ? [] : [[jumpIfEqual, 0, block.length, number], ...block];
  };
  const toItself = [...oneOf(argumentAt(0), [processId]), refusal];
  return encoded([
    load(machineAt),
    [jumpIfEqual, 1, 0, auditMachine[machine]],
    answer(killProcess),
    load(numberAt),
    ...plain.flatMap((number): Instruction[] => [[jumpIfEqual, 0, 1, number], answer(allow)]),
    ...call("kill", toItself),
    ...call("tgkill", toItself),
    // A thread, and no process.
    ...call("clone", [load(argumentAt(0)), [jumpIfAnyBit, 0, 1, sharedThread], answer(allow), refusal]),
    // Its flags lie in memory, where no filter sees them: the C library falls back to the one above.
    ...call("clone3", [answer(refuse | notImplemented)]),
    ...call("prctl", [...oneOf(argumentAt(0), harmlessControls), refusal]),
    ...call("fcntl", [...oneOf(argumentAt(1), harmlessFileControls), refusal]),
    // To read its own limits: neither another process's nor new ones, which are a pointer that is not null.
    ...call("prlimit64", [
      load(argumentAt(0)),
      [jumpIfEqual, 0, 5, 0],
      load(argumentAt(2)),
      [jumpIfEqual, 0, 3, 0],
      load(argumentAt(2) + 4),
      [jumpIfEqual, 0, 1, 0],
      answer(allow),
      refusal,
    ]),
    refusal,
  ]);
}

/** The filter that allows everything but making a ring for input and output, as on a kernel that has none. */
export function filterWithoutRings(machine: Machine): Buffer {
  return encoded([
    load(machineAt),
    [jumpIfEqual, 1, 0, auditMachine[machine]],
    answer(allow),
    load(numberAt),
    [jumpIfEqual, 0, 1, numberOf(wallCalls.io_uring_setup, machine) ?? -1],
    answer(refuse | notImplemented),
    answer(allow),
  ]);
}

/** Allows the call where a word of it is one of these. */
function oneOf(at: number, values: readonly number[]): Instruction[] {
  return [load(at), ...values.flatMap((value): Instruction[] => [[jumpIfEqual, 0, 1, value], answer(allow)])];
}

function encoded(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length);
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, 8 * index);
    bytes.writeUInt8(ifTrue, 8 * index + 2);
    bytes.writeUInt8(ifFalse, 8 * index + 3);
    bytes.writeUInt32LE(value >>> 0, 8 * index + 4);
  }
  return bytes;
}
