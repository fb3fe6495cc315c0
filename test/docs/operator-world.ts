// What an operator finds: GitHub with repositories of two accounts, an empty Postgres, a Redis, and nothing of the product.
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../script/demo-app.ts";
import { connectJobs } from "../../src/jobs/connect.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import { startGitHub } from "../github/emulator.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { startThrowawayRedis } from "../support/redis-server.ts";
import { root } from "./blocks.ts";
import { pressThrough } from "./press-through.ts";
import type { PageWorld } from "./run-page.ts";
import type { ShellSession } from "./shell-session.ts";

// Long enough for a start on a busy machine; what takes longer hangs.
const patienceMs = 90_000;

/** `isEmbedded`: there is neither Postgres nor Redis, and the page starts the app on what it has embedded. */
export async function startOperatorWorld(folder: string, { isEmbedded = false } = {}): Promise<PageWorld> {
  const [github, port, servers] = await Promise.all([
    startGitHub(),
    freePort(),
    isEmbedded ? undefined : Promise.all([createTestDatabase({ empty: true }), startThrowawayRedis()]),
  ]);
  const [database, redis] = servers ?? [];
  const platform = github.createAccount("platform");
  const acme = github.createAccount("acme-inc");
  await platform.createRepository("bifrost-global", { fromFolder: join(root, "examples/global") });
  const modules = await acme.createRepository("bifrost-modules", { fromFolder: join(root, "examples/acme") });
  const app = () => {
    const found = github.apps.at(-1);
    if (found === undefined) throw new Error("No GitHub App was created");
    return found;
  };
  let jobs: Jobs | undefined;
  const settled = async () => {
    await github.deliveries.settled();
    await jobs?.idle();
  };
  const letGo = async () => {
    await jobs?.close();
    jobs = undefined;
  };
  return {
    env: {
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      HOST: "127.0.0.1",
      PORT: `${port}`,
      PATH: `${join(root, "bin")}:${await postgresBinaries()}:${process.env.PATH}`,
    },
    places: {
      // No name, which would be looked up, and none that is taken for this machine's alone.
      "https://modules.example.com": `http://0.0.0.0:${port}`,
      "http://localhost:3000": `http://127.0.0.1:${port}`,
      ...(database && { "postgres://bifrost:secret@db.example.com/bifrost": database.url }),
      ...(redis && { "redis://cache.example.com": redis.url }),
    },
    runners: {
      /** Does in a browser what the command waits for. */
      async browser(text: string, session: ShellSession) {
        const log = join(folder, "scratch/browser.log");
        await session.start(text, log);
        const said = async () => await readFile(log, "utf8").catch(() => "");
        const address = await until(async () => /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(await said())?.[0]);
        await pressThrough(address);
        await until(async () => (/^Created[\s\S]*\/installations\/new/m.test(await said()) ? true : undefined));
        return await said();
      },
      /** Leaves it running, and goes on once it can do its work. */
      async serve(text: string, session: ShellSession) {
        const log = join(folder, "scratch/serve.log");
        await session.start(text, log);
        await until(async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
          return answer?.ok ? true : undefined;
        });
        if (database) jobs = await connectJobs({ url: database.url });
        return "";
      },
    },
    requests: {
      "the app is installed on platform and acme-inc": async (session) => {
        await app().install(platform);
        await app().install(acme);
        await settled();
        await until(async () => {
          const listed = await session.run("set -a; . ./bifrost.env; set +a; bifrost repo list --json");
          return listed.includes("platform/bifrost-global") && listed.includes("acme-inc/bifrost-modules")
            ? true
            : undefined;
        });
      },
      "acme-inc pushes a mistake": async () => {
        await modules.push({ message: "Empty the rota", files: { "shared/oncall.ts": "export {};\n" } });
        await settled();
      },
      "acme-inc deletes most of what it has": async () => {
        const names = Array.from({ length: 30 }, (_, index) => `shared/sites/site_${index}.json`);
        await modules.push({ message: "Add sites", files: Object.fromEntries(names.map((name) => [name, "{}\n"])) });
        await settled();
        await modules.push({ message: "Drop sites", files: Object.fromEntries(names.map((name) => [name, null])) });
      },
      "every process is stopped": async (session) => {
        await letGo();
        await session.run("kill %%; wait");
      },
    },
    settled,
    async close() {
      await letGo();
      await Promise.all([github.close(), database?.drop(), redis?.stop()]);
    },
  };
}

/** Resolves with what `look` gives, once it gives something. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("What the page waits for did not happen");
}

/** The folder with pg_dump and its like: Debian keeps them beside the server. */
async function postgresBinaries(): Promise<string> {
  const packaged = "/usr/lib/postgresql";
  const versions = await readdir(packaged).catch(() => []);
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0];
  const folder = join(packaged, newest ?? "", "bin");
  return await access(join(folder, "pg_dump")).then(
    () => folder,
    () => "/usr/bin",
  );
}
