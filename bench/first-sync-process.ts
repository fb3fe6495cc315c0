// One first sync in a process of its own, and what it adds to the resident set: the peak over all of the process's life,
// less what it held just before. Prints bytes. bench/sync.ts starts it and prepares what it syncs. The peak is Linux's
// VmHWM, as the one that `process.resourceUsage()` gives is inherited from whoever started the process.
import { readFileSync } from "node:fs";
import { connectRedisCache } from "../src/cache/redis-cache.ts";
import { connectGitHub } from "../src/github/client.ts";
import { connectStore } from "../src/store/connect.ts";
import { syncRepository } from "../src/sync/sync-repository.ts";

const [databaseUrl = "", redisUrl = "", apiUrl = "", privateKey = "", repositoryId = ""] = process.argv.slice(2);
const store = await connectStore({ url: databaseUrl });
const cache = await connectRedisCache({ url: redisUrl });
const github = connectGitHub({ appId: 1, privateKey, apiUrl });
await Promise.all([store.ready(), cache.ready()]);
const before = process.memoryUsage.rss();
const report = await syncRepository({ github, store, cache }, { kind: "sync", repositoryId: Number(repositoryId) });
const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
await Promise.all([store.close(), cache.close()]);
if (report === undefined || report.upserts.length === 0) throw new Error("Nothing was synced");
process.stdout.write(`${peak - before}\n`);
