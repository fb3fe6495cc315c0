// The database and the cache: whether they are there, new enough, up to date, and kept the way the product counts on.
import type { RedisFacts, RedisServerFacts } from "../cache/inspect.ts";
import type { DatabaseFacts } from "../store/inspect.ts";
import type { WallFacts } from "../store/wall.ts";
import { count } from "../workspace/markdown.ts";
import { type Finding, judged, ok, type Result } from "./examination.ts";

// NULLS NOT DISTINCT, which keeps a path unique among the global files.
const postgresMajorVersionMin = 15;
// The oldest that is tested against and still maintained by anybody.
const redisMajorVersionMin = 6;

/** Whether the server is new enough and its schema is this version's. `isEmbedded` brings itself up to date. */
export function judgeDatabase(facts: DatabaseFacts, isEmbedded: boolean): Result {
  const findings: Finding[] = [];
  if (facts.majorVersion < postgresMajorVersionMin) {
    findings.push({
      what: `Postgres is ${facts.version}, and ${postgresMajorVersionMin} is the oldest that will do`,
      why: "An older one cannot keep a path unique among the global files: migrating fails",
      remedy: `Move the database to Postgres ${postgresMajorVersionMin} or newer`,
    });
  }
  if (facts.pendingMigrations.length > 0 && !isEmbedded) {
    findings.push({
      what: `The database lacks ${count(facts.pendingMigrations.length, "migration")}: ${facts.pendingMigrations.join(", ")}`,
      why: "The commands refuse to work on a schema that is not this version's",
      remedy: 'Run "bifrost migrate"',
    });
  }
  return judged(findings, {
    ok: isEmbedded ? `Postgres ${facts.version}, embedded` : `Postgres ${facts.version}, up to date`,
    wrong: `Postgres ${facts.version}`,
  });
}

/** Whether the database itself holds scopes apart. Takes the server's major version with what is known of the wall. */
export function judgeWall({ wall, majorVersion }: Pick<DatabaseFacts, "wall" | "majorVersion">): Result {
  // What a migration creates is not asked of anybody else.
  const missing = wall.mayCreateRoles ? [] : wall.missingRoles;
  const refused = [...missing, ...wall.refusedRoles];
  if (wall.stands) return ok(`Row-level security holds scopes apart, as ${wall.login}`);
  const why =
    "Scopes are held apart by the product's queries alone: a mistake in one could show an organisation the files of another";
  if (refused.length === 0) {
    const what = "The row-level security of this database is not what this version expects";
    return judged([{ what, why, remedy: 'Run "bifrost migrate" as the owner of the tables' }], { ok: "", wrong: what });
  }
  const what =
    missing.length > 0
      ? `Postgres has no ${missing.map((role) => `role "${role}"`).join(" and no ")}, and ${wall.login} may not create it`
      : `The role "${wall.login}" may not step down to ${wall.refusedRoles.map((role) => `"${role}"`).join(" and ")}`;
  return judged([{ what, why, remedy: remedyOf(wall.login, missing, refused, majorVersion) }], { ok: "", wrong: what });
}

function remedyOf(
  name: WallFacts["login"],
  missing: readonly string[],
  refused: readonly string[],
  majorVersion: number,
): string {
  const login = `"${name.replaceAll('"', '""')}"`;
  // Before 16 it is the login's own INHERIT that decides, and that of an owner makes no difference.
  const options = majorVersion < 16 ? "" : " with inherit false, set true";
  const statements = [
    ...missing.map((role) => `create role ${role} nologin;`),
    `grant ${refused.join(", ")} to ${login}${options};`,
  ];
  return `Run "bifrost migrate" and start the server anew, after a role that may create roles has run: ${statements.join(" ")}`;
}

/** Whether every server is new enough, and keeps what it is given; of a cluster, whether it serves every key. */
export function judgeRedis({ servers, cluster }: RedisFacts): Result {
  const findings = servers.flatMap((server) => judgeRedisServer(server, cluster !== undefined));
  if (cluster !== undefined && cluster.unservedSlots > 0) {
    findings.unshift({
      what: `The Redis Cluster has ${count(cluster.unservedSlots, "slot")} without a server`,
      why: "It refuses what lies there, if not every command: executors go to Postgres, and syncs wait",
      remedy:
        'Bring the missing nodes back, or see what "redis-cli --cluster check" says and mend it with "--cluster fix"',
    });
  }
  const different = (values: readonly string[]) => [...new Set(values)].join(" and ");
  const versions = different(servers.map(({ version }) => version));
  const policies = different(servers.map(({ evictionPolicy }) => evictionPolicy));
  const kind = cluster === undefined ? "Redis" : `Redis Cluster of ${count(servers.length, "master")},`;
  const summary = `${kind} ${versions}, maxmemory-policy ${policies}`;
  return judged(findings, { ok: summary, wrong: summary });
}

function judgeRedisServer(facts: RedisServerFacts, isOneOfMany: boolean): Finding[] {
  const findings: Finding[] = [];
  const name = isOneOfMany ? `Redis at ${facts.address}` : "Redis";
  if (!(facts.majorVersion >= redisMajorVersionMin)) {
    findings.push({
      what: `${name} is ${facts.version}, and ${redisMajorVersionMin} is the oldest that will do`,
      why: "It may lack commands that publishing needs: syncs are stored and not seen by executors",
      remedy: `Move to Redis ${redisMajorVersionMin} or newer`,
    });
  }
  // The volatile policies throw away what expires, and nothing of ours does.
  if (facts.memoryBytesMax > 0 && facts.evictionPolicy.startsWith("allkeys-")) {
    findings.push({
      what: `${name} throws away any key when its ${facts.memoryBytesMax} bytes are used up (${facts.evictionPolicy})`,
      why: "It may throw away the index of a scope, whose executors then have to go to Postgres until the next sync",
      remedy: "Set maxmemory-policy to noeviction, and give it the memory that the modules need",
    });
  }
  return findings;
}

/** Whether processes that each have a cache of their own share a database. Takes the processes that use it. */
export function judgeProcesses(processes: readonly string[], hasRedis: boolean, isEmbedded: boolean): Result {
  if (hasRedis || processes.length < 2) {
    const sharing = hasRedis ? "share their cache in Redis" : "has its cache in process, which is right for one";
    return ok(hasRedis ? `Any number of processes ${sharing}` : `One process ${sharing}`);
  }
  const kept = isEmbedded ? "BIFROST_DATABASE_URL and BIFROST_REDIS_URL" : "BIFROST_REDIS_URL";
  return judged(
    [
      {
        what: `${processes.length} processes use the same database, each with a cache of its own: ${processes.join(", ")}`,
        why: "A process does not learn what another one syncs: its runs go on with old modules",
        remedy: `Set ${kept} for all of them, or end all but one`,
      },
    ],
    { ok: "", wrong: `${processes.length} processes without a shared cache` },
  );
}
