// The numbers by which calls are judged, against the kernel's own headers.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allowedCalls, checkedCalls, wallCalls } from "../../src/confinement/system-calls.ts";
import { attackNumbers } from "./attack-numbers.ts";

// arm64 has the generic table; some of its calls go by a name for 32 and 64 bits there.
const headers = [
  { machine: "x64", column: 0, path: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", define: /__NR_(\w+) (\d+)/g },
  { machine: "arm64", column: 1, path: "/usr/include/asm-generic/unistd.h", define: /__NR(?:3264)?_(\w+)\s+(\d+)/g },
] as const;

// Named otherwise in the generic table, which 64 bits need no second of.
const genericNames: Readonly<Record<string, string>> = { newfstatat: "fstatat" };

// The headers come with a compiler, which not every machine has.
describe.skipIf(!headers.every(({ path }) => existsSync(path)))("the numbers of calls", () => {
  test.each(headers)("are those of the kernel on $machine", ({ column, path, define }) => {
    const known = new Map(
      Array.from(readFileSync(path, "utf8").matchAll(define), ([, name, at]) => [name, Number(at)]),
    );
    const calls = Object.entries({ ...allowedCalls, ...checkedCalls, ...wallCalls, ...attackNumbers });
    const ours = Object.fromEntries(calls.map(([name, numbers]) => [name, numbers[column] ?? undefined]));
    const theirs = Object.fromEntries(
      calls.map(([name]) => [
        name,
        known.get(name) ?? (column === 1 ? known.get(genericNames[name] ?? "") : undefined),
      ]),
    );
    expect(ours).toEqual(theirs);
  });
});

test("no call that opens, connects, starts or watches is allowed", () => {
  const names = Object.keys({ ...allowedCalls, ...checkedCalls });
  const harmful =
    /^(open|creat|socket|connect|bind|listen|accept|send|exec|fork|vfork|ptrace|process_|pidfd|mount|io_uring|bpf|key|perf|memfd|unlink|rename|mk|link|symlink|chmod|chown|setuid|setgid|set_?ns|unshare|seccomp|userfaultfd|shm|msg|sem|mq_)/;
  expect(names.filter((name) => harmful.test(name))).toEqual([]);
});
