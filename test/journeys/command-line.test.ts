// The operator's commands as the processes that they are, in a folder with an embedded database: each prints one document with
// --json and nothing beside it, and colours for a terminal alone.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateJobs } from "../../src/jobs/migrate.ts";
import { connectStore } from "../../src/store/connect.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import type { Store } from "../../src/store/store.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { globalScope, scopeOf } from "../../src/workspace/scope.ts";
import { declaredDocument } from "../cli/documents.ts";
import { sampleChange, sampleRepository } from "../store/sample.ts";

const bifrost = join(import.meta.dirname, "../../bin/bifrost");
let folder: string;
let database: EmbeddedPostgres;
let store: Store;

/** Global at revision 3 with a release, and an organisation that overrides it, pinned, at revision 2. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bifrost-commands-"));
  // As a server does that runs beside the commands: they join its database.
  database = await startEmbeddedPostgres(join(folder, ".bifrost/postgres"), { lasting: true });
  await migrateStore(database.url);
  await migrateJobs(database.url);
  store = await connectStore({ url: database.url, connectionsMax: 1 });
  const acme = grantOperator(scopeOf(await store.createOrganization("acme", "Acme", "test")));
  const global = grantOperator(globalScope);
  const facts = [sampleRepository({ owner: "platform", name: "core" }), sampleRepository({ name: "modules" })] as const;
  await store.saveRepositories(facts);
  const [platform, modules] = facts;
  const binding = { by: "Ada", commit: "b".repeat(40) };
  await store.bindRepository(platform.id, global, binding);
  await store.bindRepository(modules.id, acme, binding);
  for (const lines of [["1"], ["1", "2"], ["0", "2", "3"]]) {
    const files = { "shared/a.ts": lines.map((line) => `export const n${line} = ${line};\n`).join("") };
    const change = sampleChange(platform.id, files);
    await store.applySync(global, change);
    if (lines.length === 2)
      await store.saveTags(platform.id, [{ name: "v1", commit: change.commit }], { isComplete: true });
  }
  await store.applySync(
    acme,
    sampleChange(modules.id, { "shared/a.ts": "export const n1 = 1;\nexport const own = 1;\n" }),
  );
  const pin = { revision: 2, release: "v1", until: "2020-01-31" };
  await store.applySync(acme, {
    ...sampleChange(modules.id, { "shared/b.ts": "export const b = '\u001b[31m';\n" }),
    pin,
  });
});
afterAll(async () => {
  await store.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Run> {
  const env = { PATH: process.env.PATH, TERM: "xterm-256color", ...more };
  return new Promise((resolve) => {
    execFile(file, args, { cwd: folder, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The same where standard output and standard error are a terminal. */
function runOnTerminal(...args: string[]): Promise<Run> {
  const line = [bifrost, ...args].map((word) => `'${word}'`).join(" ");
  return run("script", ["--quiet", "--return", "--command", line, "/dev/null"]);
}

type Expected = readonly [args: readonly string[], code: number, document: object];

/** What changes nothing, so that several are asked at once. */
const questions: readonly Expected[] = [
  [["org", "list"], 0, { organizations: [{ slug: "acme" }] }],
  [["log", "global"], 0, { scope: "global", more: false }],
  [["log", "acme", "shared/a"], 0, { versions: [{ change: "added", revision: 1 }] }],
  [["log", "acme", "shared/none"], 1, { versions: [] }],
  [["diff", "acme"], 0, { from: { scope: "global", revision: 2 }, to: { scope: "acme", revision: 2 } }],
  [["diff", "global", "--from", "1"], 0, { files: [{ kind: "changed", added: 3, removed: 1 }] }],
  [["overrides", "acme"], 0, { pinned: true, overrides: [{ state: "stale", yours: { path: "shared/a.ts" } }] }],
  [["resolve", "shared/a", "--org", "acme"], 0, { found: true, scope: "acme", pin: { revision: 2, release: "v1" } }],
  [["resolve", "shared/none", "--org", "acme", "--at", "1"], 1, { found: false }],
  [["pins"], 0, { pins: [{ organization: "acme", states: ["expired"], revisionsBehind: 1 }], rolledBack: [] }],
  [["releases"], 0, { releases: [{ name: "v1", revision: 2, state: "named" }], queued: [] }],
  [["repo", "list"], 0, { repositories: [{ repository: "acme-inc/modules" }, { repository: "platform/core" }] }],
  [["repo", "show", "acme-inc/modules"], 0, { serves: [{ scope: "acme", files: 2, pins: true }] }],
  [["audit", "--scope", "acme"], 0, {}],
  [["grants"], 0, { grants: [] }],
  [["diff", "nobody"], 2, { ok: false, error: { code: "unknown-scope" } }],
  [["repo", "approve", "acme-inc/modules"], 2, { ok: false, error: { code: "nothing-held" } }],
  [["rollback", "acme", "99"], 2, { ok: false, error: { code: "unknown-revision" } }],
  [["explain"], 0, {}],
];

/** What an operator does, one after the other. */
const acts: readonly Expected[] = [
  [["org", "create", "globex"], 0, { ok: true, organization: { slug: "globex" } }],
  [["org", "rename", "globex", "initech"], 0, { ok: true, from: "globex", to: "initech", outdated: [] }],
  [["grant", "acme", "acme-inc/modules"], 0, { ok: true, isNew: true }],
  [["grants", "acme"], 0, { grants: [{ scope: "acme", target: "acme-inc/modules" }] }],
  [["rollback", "acme", "1"], 0, { ok: true, revision: 3, target: 1, held: ["acme-inc/modules"] }],
  [["rollback", "acme"], 0, { rolledBack: true, target: 1 }],
  [["rollback", "acme", "--release"], 0, { ok: true, queued: ["acme-inc/modules"] }],
  [["repo", "sync", "acme-inc/modules"], 0, { ok: true, queued: true }],
  [["repo", "purge", "acme-inc/modules"], 0, { ok: true, purged: [{ scope: "acme" }] }],
  [["revoke", "acme", "acme-inc/modules"], 0, { ok: true }],
  [["repo", "rebind", "acme-inc/modules", "initech"], 0, { ok: true, scope: "initech" }],
];

describe("on a terminal", () => {
  test.each([
    [["diff", "acme"], "\u001b[1m+++ b/shared/a.ts"],
    [["overrides", "acme", "shared/a"], "\u001b[1m\u001b[33mstale"],
    [["overrides", "acme"], "\u001b[33mstale"],
    [["repo", "show", "platform/core"], "\u001b[32m\u001b[1mbound"],
    [["pins"], "its day has passed"],
  ])("%j is coloured, and what the files hold colours nothing", async (args, words) => {
    const { code, stdout } = await runOnTerminal(...args);
    expect(code).toBe(0);
    expect(stdout).toContain(words);
    expect(stdout).not.toContain("'\u001b[31m'");
    expect(stripVTControlCharacters(stdout)).not.toContain("\u001b");
  });

  test("NO_COLOR, and a pipe, take the colours out and leave the words", async () => {
    const plain = await run(bifrost, ["overrides", "acme"]);
    expect(plain.stdout).toMatch(/^stale +shared\/a\.ts/m);
    expect(plain.stdout).not.toContain("\u001b");
    const { stdout } = await run(
      "script",
      ["--quiet", "--return", "--command", `'${bifrost}' overrides acme`, "/dev/null"],
      {
        NO_COLOR: "1",
      },
    );
    expect(stdout).toContain("stale");
    expect(stdout).not.toContain("\u001b[33m");
  });
});

async function expectDocument([args, code, document]: Expected): Promise<void> {
  const finished = await run(bifrost, [...args, "--json"]);
  const said = `bifrost ${args.join(" ")}`;
  expect(finished.stderr, said).toBe("");
  expect(declaredDocument(args, finished.stdout), said).toMatchObject(document);
  expect(finished.code, said).toBe(code);
}

// Starts of Node, which are quick where nobody else starts anything.
const timeout = 180_000;

test("every command prints one document with --json, and nothing beside it", { timeout }, async () => {
  const left = [...questions];
  const ask = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await expectDocument(next);
  };
  await Promise.all([ask(), ask(), ask()]);
  for (const act of acts) await expectDocument(act);
});
