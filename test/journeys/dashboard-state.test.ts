// What people do about a scope on its pages, in a real browser: a request is granted and its first sync watched, a scope is
// rolled back and released, deletes are approved, and a check is read in full.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dashboardRoutes } from "../../src/dashboard/routes.ts";
import { documented } from "../dashboard/api-answers.ts";
import { expectUsable, startBrowser, type TestBrowser } from "../support/browser.ts";
import { type DashboardWorld, sampleOf, startDashboardWorld } from "./dashboard-world.ts";
import { checkRun, signIn } from "./world.ts";

let world: DashboardWorld;
let browser: TestBrowser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startDashboardWorld(), startBrowser()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), world.close()]);
  expect(world.github.violations).toEqual([]);
});

/** A page of somebody who has signed in. */
async function openAs(login: string): Promise<Page> {
  const page = await browser.open();
  const cookies = (await signIn(world, login)).split("; ").map((pair) => {
    const at = pair.indexOf("=");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: world.app.url ?? "" };
  });
  await page.context().addCookies(cookies);
  return page;
}

const go = (page: Page, path: string) => page.goto(`${world.app.url}${path}`);
const heading = (page: Page) => page.getByRole("heading", { level: 1 }).innerText();
const notice = (page: Page) => page.locator(".notice").innerText();

/** Presses something that leads to another page, and waits until that is there. */
async function press(page: Page, name: string, role: "button" | "link" = "button") {
  await Promise.all([page.waitForNavigation(), page.getByRole(role, { name }).first().click()]);
}

test("an operator grants a request, sees its first sync of thousands of files come in, and the repository well", async () => {
  await world.organization("initech");
  const files = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, index) => [`lib/part-${index}.ts`, `export const part = ${index};\n`]),
  );
  const repository = await world.repository("initech-inc", { ".github/bifrost.yml": "scope: initech\n", ...files });
  await world.settled();
  const page = await openAs("operator");
  const said: string[] = [];
  await page.exposeFunction("say", (words: string) => said.push(words));
  await page.addInitScript(`addEventListener("DOMContentLoaded", () => {
    const words = document.querySelector("[data-live=words]");
    if (words) new MutationObserver(() => say(words.textContent)).observe(words, { childList: true });
  })`);
  await go(page, "/grants");
  const request = page.getByRole("listitem").filter({ hasText: "initech-inc" });
  expect(await request.allInnerTexts()).toEqual([expect.stringContaining("asks for")]);
  await expectUsable(page);

  world.github.faults.next({ path: "/tarball/", respond: { delayMs: 2_000 } });
  await Promise.all([page.waitForNavigation(), request.getByRole("button", { name: "Grant" }).click()]);
  expect(new URL(page.url()).pathname).toBe(`/scopes/initech/repositories/${repository.id}`);
  expect(await notice(page)).toContain("Granted initech to initech-inc/bifrost-modules");
  await page.getByRole("progressbar").waitFor();
  await page.locator(".label.success", { hasText: "well" }).waitFor();
  expect(said).toContain("Reading files: 0 of 3,000 files");
  expect(await page.getByRole("progressbar").count()).toBe(0);
  expect(await page.locator(".counts").innerText()).toMatch(/written\s+3,000/);
  await expectUsable(page);
  await go(page, "/grants");
  expect(await request.count()).toBe(0);
  await go(page, "/audit?scope=initech");
  expect(await page.getByRole("listitem").allInnerTexts()).toContainEqual(
    expect.stringMatching(/granted[\s\S]*operator, on the dashboard/),
  );
  await expectUsable(page);
});

test("an admin rolls a scope back after seeing what will change, and releases it", async () => {
  const page = await openAs("ada");
  const { acme } = world;
  await go(page, "/scopes/acme/revisions");
  await expectUsable(page);
  await press(page, "compare with latest", "link");
  expect(await heading(page)).toMatch(/^From revision \d+ to \d+$/);
  expect(await page.locator("table.diff").first().innerText()).toContain("Harbour");
  await expectUsable(page);
  await press(page, "Split", "link");
  await expectUsable(page);

  await go(page, "/scopes/acme/revisions");
  await press(page, "Revision 2", "link");
  expect(await page.locator("body").innerText()).toContain("shared/sites.ts");
  await expectUsable(page);
  await go(page, "/scopes/acme/rollback?to=1");
  expect(await heading(page)).toBe("Roll acme back to revision 1?");
  expect(await page.locator("main").innerText()).toContain("shared/sites.ts");
  await expectUsable(page);
  await press(page, "Roll back to revision 1");
  expect(await notice(page)).toContain("which equals revision 1: 0 files brought back, 1 deleted");
  await world.settled();
  await expectUsable(page);
  const mona = await openAs("mona");
  await go(mona, "/scopes/acme/repositories");
  expect(await mona.getByRole("listitem").innerText()).toContain("rolled back");
  await expectUsable(mona);
  expect(checkRun(acme, await acme.head(), "bifrost/sync").title).toBe("Not synced: acme is rolled back");

  await go(page, "/scopes/acme/revisions");
  await press(page, "Release…", "link");
  await expectUsable(page);
  await press(page, "Release");
  expect(await notice(page)).toContain("acme follows its repositories again");
  await world.settled();
  await page.reload();
  expect(await page.getByRole("listitem").innerText()).toContain("well");
});

test("an admin reads why a repository is held, approves its deletes, and sees it well", async () => {
  const { globex } = world;
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`many/${index}.ts`, `${index}`]));
  await globex.push({ message: "Many", files: many });
  await world.settled();
  await globex.push({
    message: "None",
    files: Object.fromEntries(Object.keys(many).map((path) => [path, null])),
  });
  await world.settled();
  const page = await openAs("hank");
  await go(page, "/scopes/globex/repositories");
  await press(page, globex.fullName, "link");
  expect(await page.locator("main").innerText()).toContain("many/0.ts");
  await expectUsable(page);
  await press(page, "Approve these deletes");
  // The page follows the sync, and may be past the words about the approval before they can be read.
  await page.locator(".label.success", { hasText: "well" }).waitFor();
  // What the page offers to those who may, readers are not even shown.
  const mona = await openAs("mona");
  await go(mona, `/scopes/acme/repositories/${world.acme.id}`);
  expect(await mona.getByRole("button").allInnerTexts()).toEqual(["Sign out"]);
});

test("the details of a check run lead to its report, with more than GitHub takes", async () => {
  const { acme } = world;
  // A file's findings are cut at a hundred.
  const importing = (file: number) =>
    Array.from({ length: 80 }, (_, index) => `import "shared/not-there-${file}-${index}";\n`).join("");
  const files = Object.fromEntries(
    Array.from({ length: 8 }, (_, file) => [
      `workflows/much-${file}.ts`,
      `${importing(file)}export default () => 1;\n`,
    ]),
  );
  const pull = await acme.openPullRequest({ title: "Import what is not there", branch: "much", files });
  await world.settled();
  const run = checkRun(acme, pull.headSha, "bifrost");
  const path = `/scopes/acme/checks/${acme.id}/${pull.headSha}/pull-${pull.number}`;
  expect(run.detailsUrl).toBe(`${world.app.url}${path}`);
  expect(checkRun(acme, await acme.head(), "bifrost/sync").detailsUrl).toMatch(/\/scopes\/acme\/checks\/.*\/sync$/);
  expect(run.annotations.length).toBeLessThan(8 * 80);
  const page = await openAs("mona");
  await page.goto(run.detailsUrl);
  expect(await heading(page)).toContain(run.title ?? "nothing");
  expect(await page.locator("main").innerText()).toContain("workflows/much-0.ts");
  await expectUsable(page);
  await press(page, "All 640", "link");
  await go(page, `${path}?list=problems&page=13`);
  expect(await page.locator("main").innerText()).toContain("shared/not-there-7-79");
  await go(page, "/scopes/acme/checks");
  await expectUsable(page);
  await press(page, run.title ?? "", "link");
  expect(new URL(page.url()).pathname).toBe(path);
});

test("every answer of the API is what its document says", async () => {
  const cookie = await signIn(world, "operator");
  const asked = dashboardRoutes.filter(({ form, path }) => form === "data" && !path.endsWith("/*"));
  expect(asked.length).toBeGreaterThan(10);
  const statuses = new Map<string, number>();
  for (const route of asked) {
    const address = sampleOf(route.path, world.samples);
    const answer = await fetch(`${world.app.url}${address}`, { headers: { cookie } });
    statuses.set(route.path, answer.status);
    await documented(address, answer);
  }
  // Of a repository that feeds no scope there is none here.
  const missing = [...statuses].filter(([, status]) => status !== 200).map(([path]) => path);
  expect(missing).toEqual(["/api/v1/checks/:repository/:commit/:subject"]);
});
