import { existsSync, readFileSync } from "node:fs";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import { createSandbox, type SandboxOptions } from "../../src/sandbox/pool.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { children, childrenAfter } from "./children.ts";
import { failureOf, run } from "./program.ts";

const shared = createSandbox({ processes: 1 });
afterAll(() => shared.close());

function sandboxFor(options: SandboxOptions): Sandbox {
  const sandbox = createSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

const fine = "export default () => 'fine';";
const slow = "export default () => new Promise((resolve) => setTimeout(resolve, 60_000));";

test("a child process has nothing of its parent's environment but the time zone", async () => {
  process.env.BIFROST_TEST_SECRET = "not for workflows";
  onTestFinished(() => {
    delete process.env.BIFROST_TEST_SECRET;
  });
  const before = new Set(children());
  const sandbox = sandboxFor({ processes: 1 });
  await run(sandbox, fine);
  const started = children().filter((pid) => !before.has(pid));
  expect(started).toHaveLength(1);
  const names = readFileSync(`/proc/${started[0]}/environ`, "utf8")
    .split("\0")
    .filter(Boolean)
    .map((entry) => entry.split("=", 1)[0]);
  // The two by which Node's channel between parent and child is found.
  expect(names.filter((name) => !name?.startsWith("NODE_CHANNEL_"))).toEqual(["TZ"]);
});

test("createSandbox() starts no process before its first run and at most as many as it may", async () => {
  const before = children().length;
  const sandbox = sandboxFor({ processes: 2 });
  expect(children().length).toBe(before);
  // No two alike: what comes back is made a script, in a process more.
  const outcomes = await Promise.all(Array.from({ length: 8 }, (_, number) => run(sandbox, `${fine} // ${number}`)));
  expect(outcomes.map(({ result }) => result)).toEqual(Array(8).fill("fine"));
  expect(children().length).toBe(before + 2);
});

test("a signal ends a run under way as cancelled, and the next run is fine", async () => {
  const controller = new AbortController();
  const source = "import './first.ts'; export default () => new Promise(() => setInterval(() => {}, 1000));";
  const outcome = await run(
    shared,
    { "first.ts": "await import('./' + 'second.ts');", "main.ts": source },
    {
      signal: controller.signal,
      // The workflow runs by the time it asks for this.
      dynamicImport: async () => {
        controller.abort();
        return new Promise(() => {});
      },
    },
  );
  expect(failureOf(outcome)).toMatchObject({ code: "cancelled", severity: "error" });
  expect((await run(shared, fine)).result).toBe("fine");
});

test("a signal takes a run out of the queue, and one that was aborted before is not run", async () => {
  const sandbox = sandboxFor({ processes: 1 });
  const first = run(sandbox, "export default () => new Promise((resolve) => setTimeout(resolve, 100, 'first'));");
  const controller = new AbortController();
  const waiting = run(sandbox, fine, { signal: controller.signal });
  controller.abort();
  expect(failureOf(await waiting).code).toBe("cancelled");
  expect(failureOf(await run(sandbox, fine, { signal: AbortSignal.abort() })).code).toBe("cancelled");
  expect((await first).result).toBe("first");
});

test("a signal that is aborted after the run changes nothing", async () => {
  const controller = new AbortController();
  expect((await run(shared, fine, { signal: controller.signal })).ok).toBe(true);
  controller.abort();
  expect((await run(shared, fine)).result).toBe("fine");
});

test("one key's runs leave half of the processes to others", async () => {
  const sandbox = sandboxFor({ processes: 2 });
  const stop = new AbortController();
  const hanging = Array.from({ length: 4 }, () =>
    run(sandbox, slow, { fairnessKey: "one", signal: stop.signal, limits: { wallTimeMs: 60_000 } }),
  );
  expect((await run(sandbox, fine, { fairnessKey: "other" })).result).toBe("fine");
  expect(sandbox.runsAtOnce("one")).toBe(1);
  stop.abort();
  for (const outcome of await Promise.all(hanging)) expect(failureOf(outcome).code).toBe("cancelled");
});

test("keys take turns, however much one of them asks for", async () => {
  const sandbox = sandboxFor({ processes: 1 });
  const ended: string[] = [];
  const ask = async (fairnessKey: string) => {
    await run(sandbox, fine, { fairnessKey });
    ended.push(fairnessKey);
  };
  await Promise.all([ask("one"), ask("one"), ask("one"), ask("other"), ask("third")]);
  expect(ended).toEqual(["one", "other", "third", "one", "one"]);
});

test("run() rejects with what the request's dynamicImport throws, and the next run is fine", async () => {
  const fault = new Fault("store-unavailable", "Postgres is away");
  const outcome = run(shared, "await import('./' + 'x.ts').catch(() => {}); export default () => 1;", {
    dynamicImport: () => Promise.reject(fault),
  });
  await expect(outcome).rejects.toBe(fault);
  expect((await run(shared, fine)).result).toBe("fine");
});

test("a process that dies unasked loses its run and is replaced", async () => {
  const before = new Set(children());
  const sandbox = sandboxFor({ processes: 1 });
  const outcome = await run(sandbox, "await import('./' + 'x.ts'); export default () => 1;", {
    dynamicImport: async () => {
      for (const pid of children()) if (!before.has(pid)) process.kill(Number(pid), "SIGKILL");
      return new Promise(() => {});
    },
  });
  expect(failureOf(outcome)).toMatchObject({ code: "sandbox-lost", path: "workflows/main.ts" });
  expect((await run(sandbox, fine)).result).toBe("fine");
});

test("a process that dies while idle is replaced", async () => {
  const before = new Set(children());
  const sandbox = sandboxFor({ processes: 1 });
  await run(sandbox, fine);
  const [pid] = children().filter((each) => !before.has(each));
  process.kill(Number(pid), "SIGKILL");
  const outcome = await run(sandbox, fine);
  // Whether its death is known before the run is handed to it is a matter of microseconds.
  if (!outcome.ok) expect(failureOf(outcome).code).toBe("sandbox-lost");
  expect((await run(sandbox, fine)).result).toBe("fine");
});

test("close() ends the processes and every run, under way or waiting, as lost", async () => {
  const before = new Set(children());
  const sandbox = createSandbox({ processes: 1 });
  await run(sandbox, fine);
  const started = children().filter((pid) => !before.has(pid));
  const runs = [run(sandbox, slow), run(sandbox, fine)];
  await sandbox.close();
  for (const outcome of await Promise.all(runs)) expect(failureOf(outcome).code).toBe("sandbox-lost");
  expect(started.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  await expect(run(sandbox, fine)).rejects.toMatchObject({ code: "sandbox-unavailable" });
  await sandbox.close();
});

test("close() of a sandbox that never ran anything ends at once", async () => {
  await createSandbox().close();
});

test("limits come from the run, else from the sandbox, else from the defaults", async () => {
  const sandbox = sandboxFor({ processes: 1, limits: { resultBytes: 10 } });
  const source = "export default () => 'x'.repeat(20);";
  expect(failureOf(await run(sandbox, source)).message).toContain("10 bytes");
  expect((await run(sandbox, source, { limits: { resultBytes: 22 } })).ok).toBe(true);
  expect((await run(shared, source)).ok).toBe(true);
});

test("residentMegabytesMax ends a run whose process outgrows it, whatever the run's limit", async () => {
  const sandbox = sandboxFor({ processes: 1, residentMegabytesMax: 150 });
  const source = "export default () => { const a = []; for (;;) a.push({ x: [1, 2, 3] }); };";
  expect(failureOf(await run(sandbox, source, { limits: { memoryMegabytes: 4096 } })).code).toBe("memory-limit");
});

test("no state of one run is seen by the next one in the same process", async () => {
  const polluter = `
    globalThis.leftover = 1;
    Object.prototype.polluted = 1;
    Array.prototype.push = () => { throw new Error("polluted"); };
    JSON.stringify = () => '"stolen"';
    Promise.prototype.then = () => {};
    console.log = () => {};
    export default () => 1;`;
  await run(shared, polluter);
  const outcome = await run(
    shared,
    `const list = []; list.push(1); console.log("seen");
    export default async () => [typeof leftover, ({}).polluted, list.length, JSON.stringify({}), await Promise.resolve(2)];`,
  );
  expect(outcome.result).toEqual(["undefined", null, 1, "{}", 2]);
  expect(outcome.logs).toEqual([{ level: "info", message: "seen" }]);
});

test("a module of the same path and other content is another module", async () => {
  const main = "import { x } from './x.ts'; export default () => x;";
  expect((await run(shared, { "x.ts": "export const x: number = 1;", "main.ts": main })).result).toBe(1);
  expect((await run(shared, { "x.ts": "export const x: number = 2;", "main.ts": main })).result).toBe(2);
});

test("a module that is nested too deeply for its types to be erased fails its own run and no other", async () => {
  const sandbox = sandboxFor({ processes: 1 });
  const deep = `export default () => ${"[".repeat(2_500)}${"]".repeat(2_500)};`;
  expect(failureOf(await run(sandbox, { "main.ts": deep }))).toMatchObject({
    code: "syntax-error",
    message: "The module is nested too deeply for its types to be erased",
  });
  expect(await run(sandbox, { "main.ts": "export default (): string => 'fine';" })).toMatchObject({ result: "fine" });
});

/** The context of a run for somebody else than the tests' own organisation. */
const contextOf = (id: string) => ({ organization: { id, slug: id }, workflow: "workflows/main.ts", revision: {} });

test("a process has runs of one organisation alone", async () => {
  const before = children();
  const sandbox = sandboxFor({ processes: 1 });
  const ranIn: string[] = [];
  // No two alike: what comes back is made a script, in a process more.
  for (const [number, id] of ["one", "one", "two", "one", "one"].entries()) {
    const outcome = await run(sandbox, `${fine} // ${number}`, { context: contextOf(id) });
    expect(outcome.result).toBe("fine");
    // The one that had its place before may still be going.
    await expect.poll(() => childrenAfter(before).length).toBe(1);
    ranIn.push(...childrenAfter(before));
  }
  const [first, again, other, back, last] = ranIn;
  expect([again, last]).toEqual([first, back]);
  expect(new Set([first, other, back]).size).toBe(3);
});

test("many organisations have their runs at once, in as many processes as there may be", async () => {
  const sandbox = sandboxFor({ processes: 2 });
  const runs = Array.from({ length: 24 }, (_, number) =>
    run(sandbox, `export default () => ${number};`, {
      context: contextOf(`${number % 6}`),
      fairnessKey: `${number % 3}`,
    }),
  );
  expect((await Promise.all(runs)).map(({ result }) => result)).toEqual(runs.map((_, number) => number));
});

test("a run that is cancelled, or whose sandbox is closed, while a process is started for it ends at once", async () => {
  const sandbox = sandboxFor({ processes: 1 });
  await run(sandbox, fine, { context: contextOf("one") });
  const stop = new AbortController();
  const cancelled = run(sandbox, fine, { context: contextOf("two"), signal: stop.signal });
  stop.abort();
  expect((await cancelled).diagnostics[0]?.code).toBe("cancelled");
  expect((await run(sandbox, fine, { context: contextOf("three") })).result).toBe("fine");
  const lost = run(sandbox, fine, { context: contextOf("four") });
  await sandbox.close();
  expect((await lost).diagnostics[0]?.code).toBe("sandbox-lost");
});
