// A Redis server of our own for the length of a test run. It writes nothing but its folder and leaves nothing behind.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface ThrowawayRedis {
  readonly url: string;
  readonly port: number;
  /** The server's process, for tests of what happens when it hangs or dies. */
  readonly process: ChildProcess;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export interface ThrowawayRedisOptions {
  /** Where a test needs a server back at the place where it was. */
  readonly port?: number;
  readonly password?: string;
  /** More of redis.conf's directives. */
  readonly settings?: Readonly<Record<string, string>>;
}

// One for each test file of a run, and many to spare.
const databaseCount = 1024;

// Between our asking for a free port and the server's taking it, somebody else may take it.
const portAttemptsMax = 5;

/** Starts `redis-server` on a free port of the loopback and resolves when it answers. Needs the binary on PATH. */
export async function startThrowawayRedis(options: ThrowawayRedisOptions = {}): Promise<ThrowawayRedis> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = await mkdtemp(join(tmpdir(), "bifrost-redis-"));
    try {
      return await startServer(folder, options.port ?? (await freePort()), options);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      if (options.port !== undefined || attempt === portAttemptsMax) throw error;
    }
  }
}

async function startServer(
  folder: string,
  port: number,
  { password, settings: more }: ThrowawayRedisOptions,
): Promise<ThrowawayRedis> {
  const settings: Readonly<Record<string, string>> = {
    bind: "127.0.0.1",
    port: `${port}`,
    dir: folder,
    save: "",
    appendonly: "no",
    databases: `${databaseCount}`,
    ...(password === undefined ? {} : { requirepass: password }),
    ...more,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...value.split(" ")]);
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => {
    server.once("exit", () => resolve());
    server.once("error", () => resolve());
  });
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  await untilReady(server);
  return {
    url: `redis://${password === undefined ? "" : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    process: server,
    async stop() {
      process.off("exit", kill);
      // A suspended process keeps SIGTERM waiting; there is nothing that a clean end would save.
      kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ChildProcess): Promise<void> {
  const { stdout } = server;
  if (stdout === null) throw new Error("Cannot read what redis-server prints");
  const failure = new Promise<never>((_, reject) => {
    server.once("error", (cause) => reject(new Error("Cannot start redis-server: is it installed?", { cause })));
  });
  const ready = (async () => {
    const printed: string[] = [];
    for await (const line of createInterface({ input: stdout })) {
      printed.push(line);
      if (line.includes("Ready to accept connections")) return;
    }
    throw new Error(`redis-server ended before it was ready:\n${printed.join("\n")}`);
  })();
  await Promise.race([ready, failure]);
  // What it prints from here on has no reader, and a full pipe would stop it.
  stdout.resume();
}

/** A port of the loopback that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("Cannot find a free port");
  return address.port;
}
