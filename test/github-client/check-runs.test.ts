import { expect, test } from "vitest";
import { connectGitHub } from "../../src/github/client.ts";
import type { CheckRunDraft } from "../../src/github/github.ts";
import { type Scene, setScene } from "./scene.ts";

async function draftFor({ repository }: Scene, changes: Partial<CheckRunDraft> = {}): Promise<CheckRunDraft> {
  return {
    name: "bifrost",
    headSha: await repository.head(),
    externalId: "check:1",
    status: "completed",
    conclusion: "failure",
    title: "2 of 3 workflows pass",
    summary: "One import leads nowhere.",
    annotations: [],
    startedAt: new Date("2026-11-23T10:00:00Z"),
    completedAt: new Date("2026-11-23T10:00:01Z"),
    ...changes,
  };
}

const marks = (count: number, prefix = "finding") =>
  Array.from({ length: count }, (_, index) => ({
    path: "workflows/a.ts",
    line: index + 1,
    level: "failure" as const,
    title: "module-not-found",
    message: `${prefix} ${index}`,
  }));

async function onlyRun({ repository }: Scene) {
  const [run, ...others] = repository.checkRuns(await repository.head());
  expect(others).toEqual([]);
  if (run === undefined) throw new Error("there is no check run");
  return run;
}

test("createCheckRun() writes a completed run in one request", async () => {
  const scene = await setScene({ "workflows/a.ts": "" });
  const id = await scene.client.createCheckRun(
    scene.address,
    await draftFor(scene, {
      text: "More words.",
      annotations: [
        {
          path: "workflows/a.ts",
          line: 3,
          column: 8,
          endColumn: 17,
          level: "failure",
          title: "module-not-found",
          message: "No",
        },
        { path: "workflows/a.ts", line: 4, endColumn: 3, level: "notice", title: "stale", message: "Yes" },
      ],
    }),
  );
  const run = await onlyRun(scene);
  expect(run).toMatchObject({
    id,
    name: "bifrost",
    externalId: "check:1",
    status: "completed",
    conclusion: "failure",
    writes: 1,
  });
  expect(run).toMatchObject({
    title: "2 of 3 workflows pass",
    summary: "One import leads nowhere.",
    text: "More words.",
  });
  expect(run.annotations).toMatchObject([
    {
      path: "workflows/a.ts",
      start_line: 3,
      end_line: 3,
      start_column: 8,
      end_column: 17,
      annotation_level: "failure",
    },
    { start_line: 4, end_line: 4, start_column: null, end_column: null, annotation_level: "notice" },
  ]);
});

test("createCheckRun() says that GitHub is behind where it does not know the commit yet", async () => {
  const scene = await setScene({ "a.ts": "" });
  const draft = await draftFor(scene, { headSha: "0".repeat(40) });
  await expect(scene.client.createCheckRun(scene.address, draft)).rejects.toMatchObject({ code: "github-behind" });
});

test("createCheckRun() sends over 50 annotations in portions, up to 500, and counts the rest", async () => {
  const scene = await setScene({ "a.ts": "" });
  await scene.client.createCheckRun(scene.address, await draftFor(scene, { annotations: marks(517) }));
  const run = await onlyRun(scene);
  expect(run.writes).toBe(10);
  expect(run.annotations.map(({ message }) => message)).toEqual(marks(500).map(({ message }) => message));
  expect(run.summary).toBe("One import leads nowhere.\n\n17 more annotations are not shown: GitHub takes 500 here.");
});

test("updateCheckRun() completes a run that was in progress", async () => {
  const scene = await setScene({ "a.ts": "" });
  const begun = await draftFor(scene, { status: "in_progress", title: "Checking", annotations: marks(2) });
  const id = await scene.client.createCheckRun(scene.address, begun);
  expect(await onlyRun(scene)).toMatchObject({ status: "in_progress", conclusion: null, annotations: [] });
  await scene.client.updateCheckRun(scene.address, id, await draftFor(scene, { annotations: marks(60) }));
  const run = await onlyRun(scene);
  expect(run).toMatchObject({
    id,
    status: "completed",
    conclusion: "failure",
    title: "2 of 3 workflows pass",
    writes: 3,
  });
  expect(run.annotations).toHaveLength(60);
});

test("updateCheckRun() marks nothing twice when it is repeated after it broke off halfway", async () => {
  const scene = await setScene({ "a.ts": "" });
  const id = await scene.client.createCheckRun(scene.address, await draftFor(scene, { status: "in_progress" }));
  const draft = await draftFor(scene, { annotations: marks(120) });
  scene.emulator.faults.next({ method: "PATCH", path: "/check-runs/", respond: { delayMs: 0 } });
  scene.emulator.faults.next({ method: "PATCH", path: "/check-runs/", respond: { status: 500 } });
  await expect(scene.client.updateCheckRun(scene.address, id, draft)).rejects.toMatchObject({
    code: "github-unavailable",
  });
  expect((await onlyRun(scene)).annotations).toHaveLength(50);
  await scene.client.updateCheckRun(scene.address, id, draft);
  await scene.client.updateCheckRun(scene.address, id, draft);
  expect((await onlyRun(scene)).annotations.map(({ message }) => message)).toEqual(
    marks(120).map(({ message }) => message),
  );
});

test("check runs are written as fast as they come, not one a second", async () => {
  const scene = await setScene({ "a.ts": "" });
  const startedAt = performance.now();
  for (let round = 0; round < 5; round += 1) await scene.client.createCheckRun(scene.address, await draftFor(scene));
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test("createCheckRun() names the permission that the account has not given", async () => {
  const scene = await setScene({ "a.ts": "" });
  scene.installation.permissions = { metadata: "read", contents: "read" };
  await expect(scene.client.createCheckRun(scene.address, await draftFor(scene))).rejects.toMatchObject({
    code: "github-rejected",
    remedy: expect.stringContaining("permissions"),
  });
});

test("a draft that GitHub refuses leaves its conclusion, and nothing in progress", async () => {
  const scene = await setScene({ "a.ts": "" });
  const id = await scene.client.createCheckRun(scene.address, await draftFor(scene, { status: "in_progress" }));
  const refused = { status: 422, body: { message: "Invalid request." } };
  scene.emulator.faults.next({ method: "PATCH", path: "/check-runs/", respond: refused });
  await scene.client.updateCheckRun(scene.address, id, await draftFor(scene, { annotations: marks(60) }));
  expect(await onlyRun(scene)).toMatchObject({
    status: "completed",
    conclusion: "failure",
    title: "The report cannot be shown",
    annotations: [],
  });
  expect((await onlyRun(scene)).summary).toContain("bifrost check");
});

test("a run that is created completed and refused leaves its conclusion", async () => {
  const scene = await setScene({ "a.ts": "" });
  const refused = { status: 422, body: { message: "Invalid request." } };
  scene.emulator.faults.next({ method: "POST", path: "/check-runs", respond: refused });
  await scene.client.createCheckRun(scene.address, await draftFor(scene, { annotations: marks(1) }));
  expect(await onlyRun(scene)).toMatchObject({ conclusion: "failure", title: "The report cannot be shown" });
});

test("annotations that GitHub refuses leave the answer as it is", async () => {
  const scene = await setScene({ "a.ts": "" });
  const refused = { status: 422, body: { message: "Invalid request." } };
  scene.emulator.faults.next({ method: "PATCH", path: "/check-runs/", respond: refused });
  await scene.client.createCheckRun(scene.address, await draftFor(scene, { annotations: marks(60) }));
  const run = await onlyRun(scene);
  expect(run).toMatchObject({ conclusion: "failure", title: "2 of 3 workflows pass" });
  expect(run.annotations).toHaveLength(50);
});

test("createCheckRun() takes up its own run of the same thing that was left in progress, and no other", async () => {
  const scene = await setScene({ "a.ts": "" });
  const begin = async (changes: Partial<CheckRunDraft> = {}) =>
    scene.client.createCheckRun(scene.address, await draftFor(scene, { status: "in_progress", ...changes }));
  const first = await begin();
  expect(await begin()).toBe(first);
  const second = await begin({ externalId: "check:2" });
  expect(second).not.toBe(first);
  await scene.client.updateCheckRun(scene.address, first, await draftFor(scene));
  expect(await begin()).not.toBe(first);
});

test("createCheckRun() leaves the run of another app alone", async () => {
  const scene = await setScene({ "a.ts": "" });
  const { emulator, repository } = scene;
  const other = emulator.registerApp();
  const installation = await other.install(repository.owner);
  const client = connectGitHub({
    appId: other.id,
    privateKey: other.privateKey,
    apiUrl: emulator.apiUrl,
    serverUrl: emulator.serverUrl,
  });
  const draft = await draftFor(scene, { status: "in_progress" });
  const first = await client.createCheckRun({ ...scene.address, installationId: installation.id }, draft);
  expect(await scene.client.createCheckRun(scene.address, draft)).not.toBe(first);
});
