// What a process may still ask of the kernel once it is confined: to go on with the memory, the threads and the open channel
// that it has. Whatever is not here is refused, also what kernels to come will offer. The numbers are those of the kernel's
// headers, on x64 first and on arm64 second; null where the machine has no such call.

/** The machines whose numbers are known. */
export const machines = ["x64", "arm64"] as const;
export type Machine = (typeof machines)[number];

type Numbers = readonly [x64: number | null, arm64: number | null];

/** Calls that are allowed whatever their arguments are. */
export const allowedCalls: Readonly<Record<string, Numbers>> = {
  // Files and channels that are open already. Nothing is opened, and no descriptor is passed to another process.
  read: [0, 63],
  write: [1, 64],
  readv: [19, 65],
  writev: [20, 66],
  close: [3, 57],
  fstat: [5, 80],
  lseek: [8, 62],
  recvfrom: [45, 207],
  recvmsg: [47, 212],
  // Waiting for them, and waking a thread of this process.
  poll: [7, null],
  ppoll: [271, 73],
  select: [23, null],
  pselect6: [270, 72],
  epoll_create1: [291, 20],
  epoll_ctl: [233, 21],
  epoll_wait: [232, null],
  epoll_pwait: [281, 22],
  epoll_pwait2: [441, 441],
  eventfd2: [290, 19],
  pipe2: [293, 59],
  // Memory.
  mmap: [9, 222],
  mprotect: [10, 226],
  munmap: [11, 215],
  mremap: [25, 216],
  mincore: [27, 232],
  madvise: [28, 233],
  brk: [12, 214],
  pkey_mprotect: [329, 288],
  pkey_alloc: [330, 289],
  pkey_free: [331, 290],
  membarrier: [324, 283],
  // Threads of this process; see `checkedCalls` for how they begin.
  futex: [202, 98],
  set_robust_list: [273, 99],
  set_tid_address: [218, 96],
  rseq: [334, 293],
  sched_yield: [24, 124],
  sched_getaffinity: [204, 123],
  sched_getparam: [143, 121],
  sched_getscheduler: [145, 120],
  exit: [60, 93],
  exit_group: [231, 94],
  // Signals to itself.
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  rt_sigreturn: [15, 139],
  sigaltstack: [131, 132],
  restart_syscall: [219, 128],
  // Time and chance.
  nanosleep: [35, 101],
  clock_nanosleep: [230, 115],
  clock_gettime: [228, 113],
  clock_getres: [229, 114],
  gettimeofday: [96, 169],
  time: [201, null],
  times: [100, 153],
  getrandom: [318, 278],
  // What it is itself, and what the machine is.
  getpid: [39, 172],
  gettid: [186, 178],
  getppid: [110, 173],
  getuid: [102, 174],
  geteuid: [107, 175],
  getgid: [104, 176],
  getegid: [108, 177],
  capget: [125, 90],
  getrusage: [98, 165],
  getcpu: [309, 168],
  uname: [63, 160],
  sysinfo: [99, 179],
  getcwd: [79, 17],
};

/** Calls that are allowed with some arguments: filter.ts says with which. */
export const checkedCalls = {
  kill: [62, 129],
  tgkill: [234, 131],
  clone: [56, 220],
  clone3: [435, 435],
  prctl: [157, 167],
  fcntl: [72, 25],
  prlimit64: [302, 261],
} as const satisfies Record<string, Numbers>;

/** Calls by which the filter is put up and tried. */
export const wallCalls = {
  seccomp: [317, 277],
  openat: [257, 56],
  socket: [41, 198],
  unshare: [272, 97],
  io_uring_setup: [425, 425],
} as const satisfies Record<string, Numbers>;

/** The number of a call on a machine; `undefined` where it has none. */
export function numberOf(numbers: Numbers, machine: Machine): number | undefined {
  return numbers[machines.indexOf(machine)] ?? undefined;
}
