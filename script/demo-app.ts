// The app and its commands as processes, started in a folder of the demo's own with nothing of this process's environment
// but what a program needs to run.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const bifrost = join(import.meta.dirname, "..", "bin", "bifrost");

export interface AppProcess {
  readonly url: string;
  /** Asks it to stop, and resolves when it has. */
  stop(): Promise<void>;
}

/** A port of this machine that nothing listens on, as far as can be known. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

type Environment = Readonly<Record<string, string>>;

/** Starts `bifrost serve` in a folder and resolves when it listens. */
export async function startAppProcess(folder: string, environment: Environment): Promise<AppProcess> {
  const child = spawn(process.execPath, [bifrost, "serve"], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  // It ends with this process, however that ends.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const exited = once(child, "exit");
  const log: string[] = [];
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    process.off("exit", kill);
  };
  for await (const line of createInterface({ input: child.stderr })) {
    log.push(line);
    const url = urlOf(line);
    if (url === undefined) continue;
    // Nobody reads on, and a full pipe would stop the app.
    child.stderr.resume();
    return { url, stop };
  }
  throw new Error(`The app did not start:\n${log.join("\n")}`);
}

function urlOf(line: string): string | undefined {
  try {
    const { url } = JSON.parse(line);
    return typeof url === "string" ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Runs one of the operator's commands and gives its JSON document. */
export async function runBifrost(
  folder: string,
  environment: Environment,
  args: readonly string[],
): Promise<Record<string, unknown>> {
  const options = { cwd: folder, env: { PATH: process.env.PATH, ...environment } };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [bifrost, ...args, "--json"], options);
    return JSON.parse(stdout);
  } catch (error) {
    const output = error instanceof Error && "stdout" in error ? `${error.stdout}` : `${error}`;
    throw new Error(`"bifrost ${args.join(" ")}" failed: ${output}`);
  }
}
