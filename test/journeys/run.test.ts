// Runs as an executor makes them: a snapshot from Redis, the cascade, the sandbox. What one organisation runs never sees
// another's files.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { takeCachedSource } from "../../src/run/cached-source.ts";
import { runWorkflow } from "../../src/run/run-workflow.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { grantOperator, grantRun } from "../../src/workspace/grant.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope, type Scope } from "../../src/workspace/scope.ts";
import { startWorld, type World } from "./world.ts";

const sandbox = createSandbox({ processes: 1 });
let world: World;
let one: Scope;
let other: Scope;
let third: Scope;

beforeAll(async () => {
  world = await startWorld();
  [one, other, third] = [
    await world.organization("one"),
    await world.organization("other"),
    await world.organization("third"),
  ];
  await world.boundRepository("platform", globalScope, {
    "shared/who.ts": "export const who = 'global';\n",
    "shared/greet.ts": "import { who } from './who';\nexport const greet = () => `hello from ${who}`;\n",
    "workflows/greet.ts":
      "import { greet } from 'shared/greet';\nexport default (_: unknown, context: { organization: { slug: string } | null }) =>\n  [greet(), context.organization?.slug ?? null];\n",
    "workflows/reach.ts":
      "export default async (input: { specifier: string }) => Object.keys(await import(input.specifier));\n",
  });
  await world.boundRepository("one-inc", one, { "shared/who.ts": "export const who = 'one';\n" });
  await world.boundRepository("other-inc", other, {
    "shared/who.js": "export const who = 'other';\n",
    "shared/secret.ts": "export const secret = 'of the other';\n",
  });
});
afterAll(async () => {
  await sandbox.close();
  await world.close();
});

async function run(scope: Scope, workflow: string, input: unknown = {}) {
  const source = await takeCachedSource({ store: world.app.store, cache: world.cache }, grantRun(scope));
  const organization = scope.kind === "organization" ? { id: scope.id, slug: scope.slug } : null;
  return runWorkflow({ sandbox }, { source, organization, workflow, input });
}

describe("a run", () => {
  test.each([
    ["the organisation's module where it has one", () => one, ["hello from one", "one"]],
    ["it under another extension as well", () => other, ["hello from other", "other"]],
    ["the global module where it has none", () => third, ["hello from global", "third"]],
    ["the global module where there is no organisation", () => globalScope, ["hello from global", null]],
  ])("uses %s, also below a global module", async (_, scope, result) => {
    expect(await run(scope(), "greet")).toMatchObject({ ok: true, result });
  });

  test.each(["shared/secret", "bifrost://other/shared/secret.ts", "../../other/shared/secret"])(
    "cannot import another organisation's %s",
    async (specifier) => {
      expect(await run(other, "reach", { specifier: "shared/secret" })).toMatchObject({ result: ["secret"] });
      const outcome = await run(one, "reach", { specifier });
      expect(outcome.ok).toBe(false);
      expect(JSON.stringify(outcome)).not.toContain("of the other");
    },
  );

  test("works without Redis' copy, and puts back what Redis lost", async () => {
    await world.redis.redis.del(`bifrost:module:global:shared/greet.ts`);
    expect(await run(one, "greet")).toMatchObject({ result: ["hello from one", "one"] });
    const granted = grantOperator(globalScope);
    const path = "shared/greet.ts" as WorkspacePath;
    expect((await world.cache.modules(granted, [path])).get(path)?.content).toContain("hello from");

    await world.redis.redis.flushdb();
    expect(await run(one, "greet")).toMatchObject({ result: ["hello from one", "one"] });
  });

  test("names the modules that it used, those of import() too, with layer, revision and hash", async () => {
    const outcome = await run(one, "reach", { specifier: "shared/greet" });
    expect(outcome.result).toEqual(["greet"]);
    const { files } = await world.app.store.snapshot(grantOperator(globalScope));
    expect(outcome.modules).toEqual([
      {
        scope: "global",
        path: "workflows/reach.ts",
        hash: files.get("workflows/reach.ts" as WorkspacePath),
        revision: 1,
      },
      { scope: "one", path: "shared/who.ts", hash: expect.stringMatching(/^[0-9a-f]{64}$/), revision: 1 },
      { scope: "global", path: "shared/greet.ts", hash: files.get("shared/greet.ts" as WorkspacePath), revision: 1 },
    ]);
  });

  test("sees a deleted override's global module at the next run", async () => {
    const repository = world.github.repositoryNamed("one-inc", "bifrost-modules");
    await repository?.push({ message: "Drop the override", files: { "shared/who.ts": null } });
    await world.settled();
    expect(await run(one, "greet")).toMatchObject({ result: ["hello from global", "one"] });
  });
});
