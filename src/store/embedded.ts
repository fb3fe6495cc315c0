// Postgres without a server to install: PGlite on a folder, behind a Unix socket, so that the same driver and the same SQL
// are used as on a real one. One process opens the folder; others that want it at the same time connect to that one.
import { randomUUID } from "node:crypto";
import { access, constants, mkdir, mkdtemp, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { Fault } from "../errors.ts";
import { signOn } from "./embedded-processes.ts";
import { withWholeStatements } from "./embedded-sessions.ts";

export interface EmbeddedPostgres {
  /** A Postgres URL for `connectStore` and `connectJobs`. */
  readonly url: string;
  /** Ends it if this process runs it; waits for other processes' connections for `lingerMs` at most. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  /**
   * The process serves for long, so it does not build on one that ends in a moment: it waits for a command's end and then
   * runs the database itself. Default false.
   */
  readonly lasting?: boolean;
}

interface Address {
  /** The folder that holds the socket, as the driver wants it. */
  readonly socketFolder: string;
  readonly lasting: boolean;
}

// The driver makes the socket's name of a port, Postgres's own.
const port = 5432;
const socketName = `.s.PGSQL.${port}`;
// The kernel allows 104 bytes on macOS and 108 on Linux.
const socketPathBytesMax = 103;
// Opening a folder takes one to two seconds; a command that holds it may take some more.
const waitMs = 30_000;
// What a command's end waits for others' statements; they end by themselves.
const lingerMs = 5_000;

/**
 * Opens the database in `folder`, which is made where it is missing, or joins the process that has it open. Gives a URL.
 * Throws `Fault` `store-unavailable` where the folder cannot be made or written, or another process holds it and does not
 * answer.
 */
export async function startEmbeddedPostgres(folder: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const home = resolve(folder);
  await makeHome(home, folder);
  const opened = await openOrJoin(home, folder, options.lasting ?? false);
  if (!options.lasting) return opened;
  const signOff = await signOn(home);
  return {
    url: opened.url,
    close: async () => {
      await signOff();
      await opened.close();
    },
  };
}

async function makeHome(home: string, folder: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await access(home, constants.W_OK);
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    const problem = folderProblems[code] ?? code;
    throw new Fault("store-unavailable", `Cannot keep the embedded Postgres in the folder ${home}: ${problem}`, {
      cause: error,
      remedy: `Make room for a folder ${folder} where you start it, or set BIFROST_DATABASE_URL to a Postgres server`,
    });
  }
}

const folderProblems: Readonly<Record<string, string>> = {
  EEXIST: "it is a file",
  ENOTDIR: "a part of the path is a file",
  EACCES: "this user may not write there",
  EROFS: "the disk can only be read",
  ENOSPC: "the disk is full",
};

async function openOrJoin(home: string, folder: string, lasting: boolean): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    const lock = takeLock(join(home, "lock"));
    if (lock !== undefined) {
      try {
        return await open(home, lasting, lock);
      } catch (error) {
        lock.close();
        throw error;
      }
    }
    const address = await readAddress(home);
    if (address !== undefined && (address.lasting || !lasting) && (await answers(address))) {
      return { url: urlOf(address), close: async () => {} };
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Fault("store-unavailable", `Cannot open the embedded Postgres in ${folder} as another process holds it`, {
    remedy: "End the other process, or set BIFROST_DATABASE_URL to a Postgres server",
  });
}

/**
 * An exclusive lock that the system gives back when the process ends, however it ends. SQLite's locks are that on every
 * system, which a file that merely exists is not.
 */
function takeLock(path: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(path);
  try {
    lock.exec("begin exclusive");
    return lock;
  } catch {
    lock.close();
    return undefined;
  }
}

async function open(home: string, lasting: boolean, lock: DatabaseSync): Promise<EmbeddedPostgres> {
  await removeLeftOver(home);
  const socketFolder = await makeSocketFolder(home);
  const socket = join(socketFolder, socketName);
  const database = await PGlite.create({ dataDir: join(home, "data") });
  const server = new PGLiteSocketServer({ db: withWholeStatements(database), path: socket, maxConnections: 100 });
  await server.start();
  const addressFile = join(home, "address.json");
  const address: Address = { socketFolder, lasting };
  const draft = `${addressFile}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(address), { mode: 0o600 });
  await rename(draft, addressFile);
  return {
    url: urlOf(address),
    close: async () => {
      await rm(addressFile, { force: true });
      const deadline = Date.now() + (lasting ? 0 : lingerMs);
      while (server.getStats().activeConnections > 0 && Date.now() < deadline) {
        await new Promise((done) => setTimeout(done, 20));
      }
      await server.stop();
      await database.close();
      if (socketFolder !== home) await rm(socketFolder, { recursive: true, force: true });
      lock.close();
    },
  };
}

/** Whoever holds the lock is the only one to listen, so a socket that is there belongs to a process that was killed. */
async function removeLeftOver(home: string): Promise<void> {
  await rm(join(home, socketName), { force: true });
  const address = await readAddress(home);
  if (address === undefined || address.socketFolder === home) return;
  await rm(join(address.socketFolder, socketName), { force: true });
  // Gone already where temporary folders are emptied.
  await rmdir(address.socketFolder).catch(() => {});
}

/** The folder itself, or a private one where the path would be too long for a socket. */
async function makeSocketFolder(home: string): Promise<string> {
  if (Buffer.byteLength(join(home, socketName)) <= socketPathBytesMax) return home;
  return await mkdtemp(join(tmpdir(), "bifrost-"));
}

async function readAddress(home: string): Promise<Address | undefined> {
  try {
    return JSON.parse(await readFile(join(home, "address.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/** Whether somebody listens: an address may be left over from a process that was killed. */
async function answers({ socketFolder }: Address): Promise<boolean> {
  const connection = createConnection(join(socketFolder, socketName));
  try {
    return await new Promise<boolean>((done) => {
      connection.once("connect", () => done(true));
      connection.once("error", () => done(false));
    });
  } finally {
    connection.destroy();
  }
}

function urlOf({ socketFolder }: Address): string {
  return `postgres://postgres@localhost:${port}/postgres?host=${encodeURIComponent(socketFolder)}`;
}
