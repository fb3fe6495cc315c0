// A Postgres server for one test run: its own data folder, port and socket, gone afterwards. Durability is switched off,
// because nothing in it outlives the run, except for tests that crash it.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { chown, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A running server. `url` names its maintenance database, as a superuser; `stop` ends it and removes its files. */
export interface ThrowawayPostgres {
  readonly url: string;
  /** Ends it as a crash would, and starts it again on the same port and files. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ThrowawayPostgresOptions {
  /** What was committed outlives a crash of the server; one of the machine need not be outlived. Default: false. */
  readonly outlivesCrash?: boolean;
}

/** Starts a server that listens on 127.0.0.1 only. Needs Postgres 15 or newer on PATH or in `/usr/lib/postgresql`. */
export async function startThrowawayPostgres(options: ThrowawayPostgresOptions = {}): Promise<ThrowawayPostgres> {
  const binaries = await findBinaries();
  const owner = serverOwner();
  const folder = await mkdtemp(join(tmpdir(), "bifrost-postgres-"));
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  // A child may not be able to enter the folder that this process was started in.
  const asOwner = { cwd: folder, ...owner };
  try {
    await run(
      join(binaries, "initdb"),
      ["--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
      asOwner,
    );
    const port = await freePort();
    const settings = {
      listen_addresses: "127.0.0.1",
      port: `${port}`,
      unix_socket_directories: folder,
      fsync: "off",
      synchronous_commit: options.outlivesCrash ? "on" : "off",
      full_page_writes: "off",
      max_connections: "200",
    };
    const directives = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const start = async () => {
      const started = spawn(join(binaries, "postgres"), ["-D", data, ...directives], {
        ...asOwner,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const kill = () => started.kill("SIGKILL");
      process.once("exit", kill);
      started.once("exit", () => process.off("exit", kill));
      await waitUntilReady(started);
      return started;
    };
    let server = await start();
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      restart: async () => {
        // SIGQUIT is Postgres's immediate shutdown: nobody is told and nothing is written, and it recovers from its log.
        await end(server, "SIGQUIT");
        server = await start();
      },
      stop: async () => {
        // SIGINT is Postgres's fast shutdown: open connections are closed rather than waited for.
        await end(server, "SIGINT");
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The folder with the newest server that can do what the store needs. */
async function findBinaries(): Promise<string> {
  const packaged = "/usr/lib/postgresql";
  const versions = await readdir(packaged).catch(() => []);
  const folders = [
    ...versions.sort((one, other) => Number(other) - Number(one)).map((version) => join(packaged, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  for (const folder of folders) {
    const both = await Promise.allSettled([stat(join(folder, "postgres")), stat(join(folder, "initdb"))]);
    if (both.some((found) => found.status === "rejected")) continue;
    const { stdout } = await run(join(folder, "postgres"), ["--version"]);
    if (Number(/\d+/.exec(stdout)?.[0]) >= 15) return folder;
  }
  throw new Error(
    "Cannot start Postgres as no server of version 15 or newer is installed: install one, or set BIFROST_TEST_DATABASE_URL",
  );
}

/** Postgres refuses to run as root, so root hands it to the user whom its packages create, or to nobody. */
function serverOwner(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // No such user here: the next one may exist.
    }
  }
  throw new Error(
    `Cannot start Postgres as root because neither "postgres" nor "nobody" is a user: run as another user`,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("Cannot find a free port");
  return address.port;
}

async function waitUntilReady(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error("Cannot read what the server says");
  const said: string[] = [];
  for await (const line of createInterface({ input: server.stderr })) {
    if (line.includes("ready to accept connections")) {
      server.stderr.resume();
      return;
    }
    said.push(line);
  }
  throw new Error(`Postgres did not start:\n${said.join("\n")}`);
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill(signal);
  await ended;
}
