// A sync, from GitHub's answers to the check run, into Postgres and Redis. GitHub answers from memory in a thread of its
// own (github-server.ts): its time is not ours, and what is left of it, the loopback, counts against us.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { connectGitHub } from "../src/github/client.ts";
import { connectStore } from "../src/store/connect.ts";
import { syncRepository } from "../src/sync/sync-repository.ts";
import { openBareSync } from "./bare-sync.ts";
import { changeFiles } from "./files.ts";
import { fillDatabase } from "./fill-database.ts";
import { type Bench, contest, figure, type Measurement, median, timed } from "./measure.ts";
import { openSyncScene, type SyncScene } from "./sync-scene.ts";

const run = promisify(execFile);

const changedFiles = 10;

export const syncBenches: readonly Bench[] = [
  contest({
    group: "sync",
    name: "first sync of 10,000 files, 30 MB, into Postgres and Redis",
    against: "gunzip and untar, both digests of each file, one unnest upsert, one pipeline of SETs",
    reach: 1.5,
    turns: 7,
    warmUps: 2,
    prepare: async () => {
      const { servers, edges, files, newRepository, close } = await openSyncScene();
      const bare = await openBareSync(servers, files);
      let repositoryId = 0;
      return {
        // Every turn syncs a repository that was never seen before.
        before: async () => {
          repositoryId = (await newRepository()).facts.id;
        },
        subject: async () => {
          const report = await syncRepository(edges, { kind: "sync", repositoryId });
          if (report?.upserts.length !== files.size) throw new Error("Not everything was synced");
        },
        baseline: bare.run,
        close: async () => {
          await bare.close();
          await close();
        },
      };
    },
  }),
  {
    group: "sync",
    measure: async () => {
      const scene = await openSyncScene();
      try {
        const { commit, sync } = await openPushes(scene);
        const tookMs: number[] = [];
        let requests = 0;
        for (let turn = -10; turn < 31; turn += 1) {
          await commit();
          await scene.server.requests();
          const took = await timed(sync);
          if (turn >= 0) tookMs.push(took);
          requests = Math.max(requests, (await scene.server.requests()).length);
        }
        const name = "push that changes 10 files of 10,000";
        return [
          figure({ group: "sync", name: `${name}, our own time`, value: median(tookMs), unit: "ms", reach: 60 }),
          figure({ group: "sync", name: `${name}, the most requests`, value: requests, unit: "requests", reach: 15 }),
          await measureStranger(scene),
        ];
      } finally {
        await scene.close();
      }
    },
  },
  {
    group: "sync",
    measure: async () => {
      const scene = await openSyncScene();
      try {
        const { commit, sync } = await openPushes(scene);
        const before = await storedBytes(scene.servers.databaseUrl);
        const pushes = 20;
        for (let turn = 0; turn < pushes; turn += 1) {
          await commit();
          await sync();
        }
        const added = (await storedBytes(scene.servers.databaseUrl)) - before;
        const name = "push that changes 10 files of 10,000, 29 KB, added to the tables that keep every revision";
        return [figure({ group: "sync", name, value: added / pushes / 1024 ** 2, unit: "MB", reach: 0.06 })];
      } finally {
        await scene.close();
      }
    },
  },
  {
    group: "sync",
    measure: async () => {
      const { servers, server, newRepository, close } = await openSyncScene();
      try {
        const addedBytes: number[] = [];
        for (let turn = 0; turn < 3; turn += 1) {
          const { facts } = await newRepository();
          const { databaseUrl, redisUrl } = servers;
          const file = fileURLToPath(new URL("./first-sync-process.ts", import.meta.url));
          const given = [databaseUrl, redisUrl, server.apiUrl, server.privateKey, `${facts.id}`];
          const { stdout } = await run(process.execPath, ["--no-node-snapshot", file, ...given]);
          addedBytes.push(Number(stdout));
        }
        const value = Math.max(...addedBytes) / 1024 ** 2;
        const name = "first sync of 10,000 files, 30 MB, added to the resident set at its peak";
        return [figure({ group: "sync", name, value, unit: "MB", reach: 200 })];
      } finally {
        await close();
      }
    },
  },
  contest({
    group: "sync",
    name: "push that changes 10 files, among 1,000 repositories and 1,000,000 files",
    against: "the same push in a database without them",
    reach: 1.5,
    turns: 21,
    warmUps: 5,
    prepare: async () => {
      const [full, empty] = [await openSyncScene(), await openSyncScene()];
      const pushes = await Promise.all([full, empty].map((scene) => openPushes(scene)));
      const [inFull, inEmpty] = pushes;
      if (inFull === undefined || inEmpty === undefined) throw new Error("Both scenes have a repository");
      await fillDatabase(full.servers.databaseUrl);
      return {
        before: async () => {
          for (const { commit } of pushes) await commit();
        },
        subject: inFull.sync,
        baseline: inEmpty.sync,
        close: async () => {
          await full.close();
          await empty.close();
        },
      };
    },
  }),
];

/** The same push, by a worker that remembers nothing of the repository and has no token yet. */
async function measureStranger(scene: SyncScene): Promise<Measurement> {
  const { servers, server, edges } = scene;
  const { commit, syncBy } = await openPushes(scene);
  const tookMs: number[] = [];
  for (let turn = 0; turn < 11; turn += 1) {
    await commit();
    const github = connectGitHub({ appId: 1, privateKey: server.privateKey, apiUrl: server.apiUrl });
    const store = await connectStore({ url: servers.databaseUrl });
    await store.ready();
    tookMs.push(await timed(() => syncBy({ ...edges, github, store })));
    await store.close();
  }
  const name = "push that changes 10 files of 10,000, the first that a worker sees of the repository";
  return figure({ group: "sync", name, value: median(tookMs), unit: "ms", reach: null });
}

interface Pushes {
  /** Changes 10 files on GitHub. */
  commit(): Promise<void>;
  /** Syncs them. */
  sync(): Promise<void>;
  /** Syncs them with other edges than the scene's. */
  syncBy(edges: SyncScene["edges"]): Promise<void>;
}

/** A repository that was synced once and is pushed to from now on. */
/** What live files, history and revisions take on disk, with their indexes, once what is dead is free to be used again. */
async function storedBytes(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = ["workspace_files", "workspace_file_history", "revisions"];
    await client.query(`vacuum ${tables.join(", ")}`);
    const { rows } = await client.query(
      "select sum(pg_total_relation_size(name::regclass))::float8 as bytes from unnest($1::text[]) as name",
      [tables],
    );
    return rows[0].bytes;
  } finally {
    await client.end();
  }
}

async function openPushes({ server, edges, files, newRepository }: SyncScene): Promise<Pushes> {
  const { facts } = await newRepository();
  const job = { kind: "sync", repositoryId: facts.id } as const;
  await syncRepository(edges, job);
  let turn = 0;
  const syncBy = async (by: SyncScene["edges"]) => {
    const report = await syncRepository(by, job);
    if (report?.upserts.length !== changedFiles) throw new Error("Not the changed files were synced");
  };
  return {
    commit: async () => {
      turn += 1;
      await server.commit(facts, changeFiles(files, turn, changedFiles));
    },
    sync: () => syncBy(edges),
    syncBy,
  };
}
