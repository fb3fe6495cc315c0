// Pages and answers about how a scope stands, over HTTP: who sees what, and what the forms do. On a real Postgres; what
// GitHub says of people is handed in, and the queue only notes what it is asked for.
import { createHash } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import type { Store } from "../../src/store/store.ts";
import { reportToStore } from "../../src/workspace/full-report.ts";
import { grantOperator, type WritableScope } from "../../src/workspace/grant.ts";
import type { Job } from "../../src/workspace/job.ts";
import { globalScope, type OrganizationId, scopeSlug } from "../../src/workspace/scope.ts";
import { boundRepository, sampleChange, sampleRepository, sampleScope } from "../store/sample.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { documented } from "./api-answers.ts";
import { type Person, type ServedDashboard, serveDashboard } from "./serve.ts";

let store: Store;
beforeAll(async () => {
  const database = await createTestDatabase();
  store = await connectStore({ url: database.url });
  return async () => {
    await store.close();
    await database.drop();
  };
});

const commit = createHash("sha1").update("a commit").digest("hex");
const outsider: Person = { id: 3, login: "outsider", repositories: [] };
const operator: Person = { id: 4, login: "operator", repositories: [] };

let people = 10;
let org: WritableScope;
let slug: string;
let repository: Awaited<ReturnType<typeof boundRepository>>;
let reader: Person;
let admin: Person;
let served: ServedDashboard;
let queued: Job[];

/** An organisation at revision 2, with a reader and an admin of its one repository. */
beforeEach(async () => {
  org = await sampleScope(store);
  slug = scopeSlug(org.scope);
  repository = await boundRepository(store, org);
  await store.addGrant({ kind: "repository", scope: org.scope, repositoryId: repository.id }, "test");
  await store.applySync(org, sampleChange(repository.id, { "shared/a.ts": "one\n", "shared/b.ts": "b\n" }));
  await store.applySync(
    org,
    sampleChange(repository.id, { "shared/a.ts": "two\n", "shared/<c>.ts": "c\n" }, ["shared/b.ts"]),
  );
  people += 2;
  reader = { id: people, login: `reader-${people}`, repositories: [{ id: repository.id, isAdmin: false }] };
  admin = { id: people + 1, login: `admin-${people}`, repositories: [{ id: repository.id, isAdmin: true }] };
  queued = [];
  served = await serveDashboard(store, undefined, { queued });
});

async function text(path: string, person: Person): Promise<string> {
  const answer = await served.get(path, person);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.text();
}

/** What a test looks at of an answer; that it is as documented is looked at anyway. */
interface Answered {
  readonly items: readonly { readonly id: number; readonly patch: string }[];
  readonly files: { readonly items: readonly { readonly patch: string }[] };
  readonly message: string;
  readonly progress: object | null;
}

async function json(path: string, person: Person): Promise<Answered> {
  const answer = await served.get(path, person);
  expect([path, answer.status]).toEqual([path, 200]);
  return (await documented(path, answer)) as Answered;
}

describe("revisions", () => {
  test("are a timeline, newest first, one shows its files, and any two are compared", async () => {
    const list = await text(`/scopes/${slug}/revisions`, reader);
    expect(list.indexOf("Revision 2")).toBeLessThan(list.indexOf("Revision 1"));
    expect(list).toContain("2 files written, 1 deleted");
    expect(list).not.toContain("roll back");
    expect(await text(`/scopes/${slug}/revisions`, admin)).toContain(`/scopes/${slug}/rollback?to=1`);
    const one = await text(`/scopes/${slug}/revisions/2`, reader);
    expect(one).toContain("3 files: 1 added, 1 changed, 1 deleted");
    expect(one).toContain("shared/&lt;c&gt;.ts");
    const back = await text(`/scopes/${slug}/compare?from=2&to=0`, reader);
    expect(back).toContain("2 files: 2 deleted");
    for (const path of ["revisions/3", "revisions/0", "revisions/x"]) {
      expect((await served.get(`/scopes/${slug}/${path}`, reader)).status).toBe(404);
    }
    const unknown = await served.get(`/scopes/${slug}/compare?from=1&to=9`, reader);
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining("Revision 9 of")]);
  });

  test("as JSON, a page at a time, with the way to the next", async () => {
    const root = `/api/v1/scopes/${slug}`;
    expect(await json(`${root}/revisions`, reader)).toMatchObject({
      ...{ total: 2, page: 1, perPage: 30 },
      items: [
        { revision: 2, upserts: 2, deletes: 1, repository: `${repository.owner}/${repository.name}` },
        { revision: 1 },
      ],
    });
    const first = await served.get(`${root}/revisions?per_page=1`, reader);
    expect(first.headers.get("link")).toContain(`revisions?per_page=1&page=2>; rel="next"`);
    expect(await json(`${root}/revisions?per_page=1&page=2`, reader)).toMatchObject({ items: [{ revision: 1 }] });
    expect(await json(`${root}/revisions/2`, reader)).toMatchObject({
      files: [
        { change: "added", from: null, to: "shared/<c>.ts" },
        { change: "changed", from: "shared/a.ts", to: "shared/a.ts" },
        { change: "deleted", from: "shared/b.ts", to: null },
      ],
    });
    const compared = await json(`${root}/compare?from=1&to=2&per_page=2`, reader);
    expect(compared).toMatchObject({ from: 1, to: 2, files: { total: 3, perPage: 2 } });
    expect(compared.files.items[1]?.patch).toContain("-one\n+two\n");
    await documented(`${root}/revisions/9`, await served.get(`${root}/revisions/9`, reader));
  });

  test("are rolled back and released by an admin, who first sees what will change", async () => {
    const confirm = await text(`/scopes/${slug}/rollback?to=1`, admin);
    expect(confirm).toContain(`Roll ${slug} back to revision 1?`);
    for (const word of ["brought back", "changed back", "deleted"]) expect(confirm).toContain(word);
    expect(confirm).toContain(`${repository.owner}/${repository.name}`);
    for (const page of ["rollback?to=1", "release"]) {
      expect((await served.get(`/scopes/${slug}/${page}`, reader)).status).toBe(404);
    }
    expect((await served.post(`/scopes/${slug}/rollback`, reader, { to: "1", at: "2" })).status).toBe(404);
    const forged = await served.post(`/scopes/${slug}/rollback`, admin, { to: "1", at: "2", "form-token": "guessed" });
    expect(forged.status).toBe(403);
    const late = await served.post(`/scopes/${slug}/rollback`, admin, { to: "1", at: "1" });
    expect(late.headers.get("location")).toBe(`/scopes/${slug}/rollback?to=1`);
    expect(await store.rollbackOf(org)).toBeNull();

    const done = await served.post(`/scopes/${slug}/rollback`, admin, { to: "1", at: "2" });
    expect([done.status, done.headers.get("location")]).toEqual([303, `/scopes/${slug}/revisions`]);
    expect(await store.rollbackOf(org)).toMatchObject({ target: 1, revision: 3, by: `dashboard:${admin.login}` });
    expect(queued).toContainEqual({ kind: "sync", repositoryId: repository.id });
    expect(await text(`/scopes/${slug}/revisions`, reader)).toContain(`by ${admin.login}`);
    expect((await store.audit({ scope: org.scope, limit: 1 }))[0]).toMatchObject({
      act: "rolled-back",
      source: { from: "dashboard", login: admin.login },
    });

    expect(await text(`/scopes/${slug}/release`, admin)).toContain(`Release ${slug}?`);
    await served.post(`/scopes/${slug}/release`, admin);
    expect(await store.rollbackOf(org)).toBeNull();
    const again = await served.post(`/scopes/${slug}/release`, admin);
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining("is not rolled back")]);
  });
});

describe("repositories", () => {
  test("say where they stand and why, in the words of the command line", async () => {
    const list = await text(`/scopes/${slug}/repositories`, reader);
    expect(list).toContain(`${repository.owner}/${repository.name}`);
    const page = await text(`/scopes/${slug}/repositories/${repository.id}`, reader);
    for (const words of ["synced commit", "requests left", "next try", `2 files of ${slug}`])
      expect(page).toContain(words);
    expect(page).not.toContain("Sync now");
    const one = await json(`/api/v1/scopes/${slug}/repositories/${repository.id}`, reader);
    expect(one).toMatchObject({ state: "bound", scope: slug, lastSync: { counts: { upserts: 2 } }, progress: null });
    const { items } = await json(`/api/v1/scopes/${slug}/repositories`, reader);
    const { progress: _, ...listed } = one;
    expect(items).toEqual([listed]);
    expect(page).toContain(one.message);
  });

  test("of another scope are not there, and what one brought elsewhere is not told", async () => {
    const other = await sampleScope(store);
    const elsewhere = await boundRepository(store, other);
    for (const path of [`${elsewhere.id}`, "1", "x"]) {
      expect((await served.get(`/scopes/${slug}/repositories/${path}`, operator)).status).toBe(404);
    }
    await store.applySync(other, sampleChange(elsewhere.id, { "shared/x.ts": "x" }));
    await store.rebindRepository(elsewhere.id, org, "test");
    expect(await text(`/scopes/${slug}/repositories/${elsewhere.id}`, reader)).not.toContain(scopeSlug(other.scope));
    expect(await text(`/scopes/${slug}/repositories/${elsewhere.id}`, operator)).toContain(scopeSlug(other.scope));
  });

  test("are synced by an admin, and what a commit deletes is approved for that commit alone", async () => {
    const root = `/scopes/${slug}/repositories/${repository.id}`;
    expect((await served.post(`${root}/sync`, reader)).status).toBe(404);
    expect((await served.post(`${root}/sync`, admin)).status).toBe(303);
    expect(queued).toEqual([{ kind: "sync", repositoryId: repository.id }]);
    const held = { commit, deletes: 30, live: 40, since: new Date(), examples: ["shared/<a>.ts"], approvedBy: null };
    const { report } = sampleChange(repository.id, {});
    const stopped = report({ revision: 2, changed: false, upserts: [], deletes: [], conflicts: [] });
    await store.recordStop(repository.id, {
      state: "held",
      requestedScope: slug,
      report: { ...stopped, state: "held", commit },
      hold: held,
    });
    const page = await text(root, admin);
    expect(page).toContain("would delete 30 of 40 files");
    expect(page).toContain("shared/&lt;a&gt;.ts");
    expect(await text(root, reader)).not.toContain("Approve these deletes");
    expect((await served.post(`${root}/approve`, reader, { commit })).status).toBe(404);
    await served.post(`${root}/approve`, admin, { commit: "0".repeat(40) });
    expect((await store.repository(repository.id))?.hold).toMatchObject({ approvedBy: null });
    await served.post(`${root}/approve`, admin, { commit });
    expect((await store.repository(repository.id))?.hold).toMatchObject({ approvedBy: `dashboard:${admin.login}` });
  });
});

describe("requests for a scope", () => {
  async function ask(requestedScope: string) {
    const asking = sampleRepository();
    await store.saveRepositories([asking]);
    const { report } = sampleChange(asking.id, {});
    const stopped = report({ revision: 0, changed: false, upserts: [], deletes: [], conflicts: [] });
    await store.recordStop(asking.id, {
      ...{ state: "pending", requestedScope, requestedSha: "f".repeat(40) },
      report: { ...stopped, state: "pending", commit },
    });
    return asking;
  }

  test("are seen and decided by those who may change the scope, and by nobody else", async () => {
    const [one, other] = [await ask(slug), await ask(slug)];
    const elsewhere = await ask("global");
    const names = (found: string) =>
      [one, other, elsewhere].filter(({ name }) => found.includes(name)).map(({ id }) => id);
    expect(names(await text("/grants", admin))).toEqual([one.id, other.id]);
    expect(names(await text("/grants", reader))).toEqual([]);
    expect(names(await text("/grants", outsider))).toEqual([]);
    expect(names(await text("/grants", operator))).toEqual([one.id, other.id, elsewhere.id]);
    const { items } = await json("/api/v1/grants", admin);
    expect(items).toMatchObject([
      { repositoryId: one.id, scope: slug, commit, refusal: null },
      { repositoryId: other.id },
    ]);
    // Its page is there for those who may let it in, so that they can watch it come.
    expect((await served.get(`/scopes/${slug}/repositories/${one.id}`, reader)).status).toBe(404);
    expect(await text(`/scopes/${slug}/repositories/${one.id}`, admin)).toContain("pending");
    expect(await text(`/scopes/${slug}/repositories`, admin)).toContain("2 repositories ask");

    const decide = (person: Person, id: number, decision: string) =>
      served.post(`/scopes/${slug}/grants`, person, { repository: `${id}`, decision });
    expect((await decide(reader, one.id, "grant")).status).toBe(404);
    expect((await decide(admin, elsewhere.id, "grant")).status).toBe(409);
    const granted = await decide(admin, one.id, "grant");
    expect(granted.headers.get("location")).toBe(`/scopes/${slug}/repositories/${one.id}`);
    expect(queued).toContainEqual({ kind: "sync", repositoryId: one.id });
    expect(await store.grantsFor(one)).toMatchObject([{ kind: "repository", repositoryId: one.id }]);
    await decide(admin, other.id, "refuse");
    expect(await store.refusalOf(other.id, org.scope)).toMatchObject({ by: `dashboard:${admin.login}` });
    expect(await text("/grants", admin)).toContain(`refused by ${admin.login}`);
    expect((await decide(admin, other.id, "shrug")).status).toBe(403);
  });
});

describe("reports of checks", () => {
  const finding = (message: string) => ({
    diagnostic: {
      ...({ code: "module-not-found", severity: "error", scope: null, path: "a.ts", line: 3, column: 1 } as const),
      ...{ message, remedy: "Add it", tried: [{ scope: "acme", path: "b.ts" }] },
    },
    mark: { path: "src/a.ts", line: 3, column: 1 },
  });

  test("tell everything, escaped, to those who see the scope", async () => {
    const problems = Array.from({ length: 700 }, (_, index) => finding(`Cannot find <b>number ${index}</b>`));
    const parts = { problems, words: ["**Broken** by `a.ts`, ![x](http://evil.test/x.png) <script>alert(1)</script>"] };
    const report = reportToStore({ conclusion: "failure", title: "700 problems" }, parts);
    const place = { repositoryId: repository.id, subject: "pull:7", headSha: commit };
    await store.saveReport(place, org.scope, report);
    const path = `/scopes/${slug}/checks/${repository.id}/${commit}/pull-7`;
    const page = await text(path, reader);
    expect(page).toContain("Cannot find &lt;b&gt;number 49&lt;/b&gt;");
    expect(page).toContain("All 700");
    expect(page.length).toBeLessThan(150 * 1024);
    const last = await text(`${path}?list=problems&page=14`, reader);
    expect(last).toContain("Cannot find &lt;b&gt;number 699&lt;/b&gt;");
    expect(page).toContain("<strong>Broken</strong> by <code>a.ts</code>");
    for (const markup of ["<script>alert", "<img", "<b>"]) expect(page).not.toContain(markup);
    expect(page).toContain(`https://github.com/${repository.owner}/${repository.name}/blob/${commit}/src/a.ts#L3`);
    const list = await text(`/scopes/${slug}/checks`, reader);
    expect(list).toContain(`href="${path}"`);
    expect(await json(`/api/v1/scopes/${slug}/checks`, reader)).toMatchObject({
      total: 1,
      items: [{ subject: "pull:7" }],
    });
    const whole = await json(`/api/v1${path}`, reader);
    expect(whole).toMatchObject({ conclusion: "failure", problems: { total: 700 }, blast: null });
    const none = await served.get(`/api/v1${path.replace("pull-7", "pull-8")}`, reader);
    expect(none.status).toBe(404);
    await documented(`/api/v1${path}`, none);
    for (const wrong of ["pull-8", "sync", "pull", "x"]) {
      expect((await served.get(path.replace("pull-7", wrong), reader)).status).toBe(404);
    }
  });

  test("of a repository without a scope are for whoever reads the repository", async () => {
    const loose = sampleRepository();
    await store.saveRepositories([loose]);
    const place = { repositoryId: loose.id, subject: "commit", headSha: commit };
    await store.saveReport(
      place,
      null,
      reportToStore({ conclusion: "neutral", title: "Not bound" }, { words: ["Hello"] }),
    );
    const path = `/checks/${loose.id}/${commit}/commit`;
    const knowing: Person = { id: 900, login: "knowing", repositories: [{ id: loose.id, isAdmin: false }] };
    expect(await text(path, knowing)).toContain("Not bound");
    expect(await json(`/api/v1${path}`, knowing)).toMatchObject({ title: "Not bound", words: ["Hello"] });
    expect((await served.get(path, reader)).status).toBe(404);
    expect((await served.get(`/api/v1${path}`, reader)).status).toBe(404);
    expect((await served.get(`/scopes/${slug}${path}`, operator)).status).toBe(404);
  });

  test("tell operators, and nobody else, whom a change of global concerns", async () => {
    const place = { repositoryId: repository.id, subject: "pull:9", headSha: commit };
    await store.saveReport(place, globalScope, reportToStore({ conclusion: "failure", title: "Breaks" }, {}));
    const effect = { status: "breaks", affected: 2, run: 1, causes: [] } as const;
    const broken = [{ layer: "own", path: "workflows/secret.ts", code: "module-not-found", at: null }] as const;
    await store.saveBlast(
      { repositoryId: repository.id, subject: { kind: "pull", number: 9 }, headSha: commit },
      {
        ...{ organizations: 3, pinned: 0 },
        affected: [{ id: "x" as OrganizationId, slug, revision: 2, effect: { ...effect, broken } }],
      },
    );
    await store.rebindRepository(repository.id, grantOperator(globalScope), "test");
    await store.addGrant({ kind: "repository", scope: globalScope, repositoryId: repository.id }, "test");
    const path = `/scopes/global/checks/${repository.id}/${commit}/pull-9`;
    const seen = await text(path, operator);
    expect(seen).toContain(slug);
    expect(seen).toContain("workflows/secret.ts");
    expect(await json(`/api/v1${path}`, operator)).toMatchObject({ blast: { affected: [{ slug }] } });
    for (const person of [admin, reader]) {
      const page = await text(path, person);
      expect(page).not.toContain("secret.ts");
      expect(page).not.toContain("Whom it concerns");
      expect(await json(`/api/v1${path}`, person)).toMatchObject({ blast: null });
    }
  });
});

test("the record of acts is for operators, by scope and page by page", async () => {
  for (const path of ["/audit", "/api/v1/audit"]) expect((await served.get(path, admin)).status).toBe(404);
  const page = await text(`/audit?scope=${slug}`, operator);
  expect(page).toContain("granted");
  expect(page).toContain("organization created");
  expect(await text("/audit?scope=nobody", operator)).toContain('There is no scope "nobody"');
  const first = await json(`/api/v1/audit?scope=${slug}&per_page=1`, operator);
  expect(first).toMatchObject({ more: true, items: [{ scope: slug }] });
  const next = await json(`/api/v1/audit?scope=${slug}&per_page=1&before=${first.items[0]?.id}`, operator);
  expect(next.items[0]?.id).toBeLessThan(first.items[0]?.id ?? 0);
  await json("/api/v1/audit", operator);
});

test("scopes as JSON are those that the viewer sees, and the document of the API is there for everybody", async () => {
  expect(await json("/api/v1/scopes", reader)).toMatchObject({ items: [{ scope: slug, mayChange: false }] });
  expect(await json("/api/v1/scopes", outsider)).toMatchObject({ items: [], total: 0 });
  const answer = await served.get("/api/v1/openapi.json");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ openapi: "3.1.0" });
});

test("events of a sync tell how far it has come, and end with it", async () => {
  const unfinished = [{ key: `${repository.id}`, state: "running", at: new Date(), failedTries: 0 }] as const;
  let left = 1;
  served = await serveDashboard(store, undefined, { unfinished: () => unfinished.slice(0, left) });
  await store.saveProgress(repository.id, { commit, phase: "files", done: 5, total: 10 });
  const page = await text(`/scopes/${slug}/repositories/${repository.id}`, reader);
  expect(page).toContain("Reading files: 5 of 10 files");
  expect(page).toMatch(/src="\/assets\/live-\w+\.js"/);
  const answer = await served.get(`/scopes/${slug}/repositories/${repository.id}/events`, reader);
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const parts: string[] = [];
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    parts.push(part);
    if (part.includes("5 of 10")) left = 0;
  }
  const all = parts.join("");
  expect(all).toMatch(/^event: look\ndata: \{.*"words":"Reading files: 5 of 10 files","value":0\.475\}/);
  expect(all).toMatch(/event: end\ndata: .*\n\n$/);
  expect((await served.get(`/scopes/${slug}/repositories/${repository.id}/events`, outsider)).status).toBe(404);
});
