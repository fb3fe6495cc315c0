// An author's day with the pages about modules, in a real browser: filter, open, compare, look back, follow imports; by mouse
// and by keyboard, on a wide screen and on a phone's.
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectUsable, startBrowser, type TestBrowser } from "../support/browser.ts";
import { type DashboardWorld, startDashboardWorld } from "./dashboard-world.ts";
import { signIn } from "./world.ts";

let world: DashboardWorld;
let browser: TestBrowser;

beforeAll(async () => {
  [world, browser] = await Promise.all([startDashboardWorld(), startBrowser()]);
  await world.acme.push({
    message: "Try an import that leads nowhere, and text that hides",
    files: {
      "shared/odd.ts": "import './nowhere';\nexport const user = 'a\u202eb';\nexport const last = 1;",
      "shared/long.ts": Array.from({ length: 6000 }, (_, line) => `export const line${line} = ${line};\n`).join(""),
    },
  });
  await world.settled();
});
afterAll(async () => {
  await Promise.all([browser.close(), world.close()]);
  expect(world.github.violations).toEqual([]);
});

/** A page of somebody who has signed in. */
async function openAs(login: string, path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.open(options);
  const [pair = ""] = (await signIn(world, login)).split("; ");
  const [name = "", value = ""] = pair.split(/=(.*)/s);
  const { url = "" } = world.app;
  await page.context().addCookies([{ name, value, url }]);
  await page.goto(`${url}${path}`);
  return page;
}

const focused = (page: Page) => page.evaluate("document.activeElement.textContent || document.activeElement.name");

test("a reader filters as they type, without a reload, and goes on by keyboard", async () => {
  const page = await openAs("mona", "/scopes/acme");
  await expectUsable(page);
  await page.evaluate("window.isSamePage = true");
  await page.keyboard.press("/");
  await page.keyboard.type("halo");
  const rows = page.locator("#results tbody tr");
  await expect
    .poll(() => rows.allInnerTexts())
    .toEqual([expect.stringContaining("stale override"), expect.stringContaining("hidden")]);
  expect(await page.locator("#count").innerText()).toBe("2 files");
  expect(page.url()).toBe(`${world.app.url}/scopes/acme?q=halo`);
  expect(await focused(page)).toBe("q");
  expect(await page.evaluate("window.isSamePage")).toBe(true);

  // What is typed in between answers counts for nothing.
  await page.keyboard.press("Control+A");
  await page.keyboard.type("sites.ts", { delay: 30 });
  await expect.poll(() => rows.count()).toBe(1);
  expect(page.url()).toBe(`${world.app.url}/scopes/acme?q=sites.ts`);
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("shared/sites.ts");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/modules/shared/sites.ts");
  await page.goBack();
  expect(await page.getByRole("searchbox").inputValue()).toBe("sites.ts");

  await page.goto(`${world.app.url}/scopes/acme`);
  await page.getByRole("link", { name: /^Stale/ }).click();
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByRole("link", { name: "Size" }).click();
  await page.waitForURL("**sort=size**");
  expect(new URL(page.url()).searchParams.get("standing")).toBe("stale");
});

test("the filter works without a script", async () => {
  const page = await openAs("mona", "/scopes/acme", { javaScriptEnabled: false });
  await page.getByRole("searchbox").fill("halo");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL("**q=halo");
  expect(await page.locator("#results tbody tr").count()).toBe(2);
});

test("an override is read beside global, over time, and by where its imports lead", async () => {
  const page = await openAs("mona", "/scopes/acme/modules/shared/halopsa.ts");
  await expectUsable(page);
  expect(await page.getByText("Overrides global:").innerText()).toContain("shared/halopsa.ts");
  const keyword = page.locator(".pl-k").first();
  const colour = await keyword.evaluate("getComputedStyle(document.querySelector('.pl-k')).color");
  expect(colour).not.toBe(await page.evaluate("getComputedStyle(document.body).color"));

  await page.getByRole("link", { name: "Diff to global" }).click();
  await page.waitForURL("**view=diff");
  expect(await page.locator("tr.add").count()).toBeGreaterThan(3);
  await expectUsable(page);
  await page.getByRole("link", { name: "Split" }).click();
  await page.waitForURL("**view=split");
  await expectUsable(page);
  await page.locator(".gap a").first().click();
  await page.waitForURL("**context=all");
  expect(await page.locator(".gap").count()).toBe(0);

  await page.getByRole("link", { name: "Three-way" }).click();
  await page.waitForURL("**view=three-way");
  expect(await page.locator("td.theirs").count()).toBeGreaterThan(0);
  await expectUsable(page);

  await page.getByRole("link", { name: "History" }).click();
  await page.waitForURL("**view=history");
  await expectUsable(page);
  const commit = page.locator(".history a.commit").first();
  expect(await commit.getAttribute("href")).toContain(`${world.github.serverUrl}/platform/bifrost-global/commit/`);
  await page.getByRole("link", { name: "Change" }).first().click();
  await page.waitForURL("**view=diff");
  expect(await page.locator("tr.add").allInnerTexts()).toEqual([
    expect.anything(),
    expect.stringContaining('region = "eu"'),
  ]);

  await page.goto(`${world.app.url}/scopes/acme/modules/workflows/ticket_digest.ts?view=imports`);
  await expectUsable(page);
  // A global workflow, and in its place what the organisation has.
  const leads = page.locator("tr", { hasText: "halopsa" });
  expect(await leads.first().innerText()).toContain("acme");
  await leads.first().getByRole("link", { name: "shared/halopsa.ts" }).click();
  await page.waitForURL("**/scopes/acme/modules/shared/halopsa.ts");

  await page.goto(`${world.app.url}/scopes/acme/modules/shared/odd.ts?view=imports`);
  await page.getByText("20 paths were tried").click();
  expect(await page.locator(".tried li").count()).toBe(20);
  await expectUsable(page);
});

test("lines have addresses, ranges too, wherever in a long file they are", async () => {
  const page = await openAs("mona", "/scopes/acme/modules/shared/halopsa.ts#L3");
  const marked = () => page.locator("tr.marked td:first-child").allInnerTexts();
  await expect.poll(marked).toEqual(["3"]);
  await page.getByRole("link", { name: "5", exact: true }).click({ modifiers: ["Shift"] });
  expect(await marked()).toEqual(["3", "4", "5"]);
  expect(new URL(page.url()).hash).toBe("#L3-L5");
  await page.reload();
  await expect.poll(marked).toEqual(["3", "4", "5"]);

  await page.goto(`${world.app.url}/scopes/acme/modules/shared/long.ts#L5500`);
  await expect.poll(marked).toEqual(["5500"]);
  expect(new URL(page.url()).searchParams.get("part")).not.toBe(null);

  await page.goto(`${world.app.url}/scopes/acme/modules/shared/odd.ts`);
  expect(await page.locator(".unseen.bidi").last().innerText()).toBe("U+202E");
  await expectUsable(page);
});

test("overrides are told to the organisation, and counted for operators", async () => {
  const page = await openAs("mona", "/scopes/acme/overrides");
  await expectUsable(page);
  await page.getByRole("searchbox").fill("nothing of that name");
  await page.getByText("No override fits").waitFor();
  await page.getByRole("link", { name: "Show all overrides" }).click();
  await page.getByRole("link", { name: "Three-way" }).first().click();
  await page.waitForURL("**view=three-way");

  const operator = await openAs("operator", "/scopes/global/overrides");
  await expectUsable(operator);
  const row = operator.locator("tr", { hasText: "shared/halopsa.ts" });
  expect(await row.innerText()).toMatch(/\b1\s*$/);
  expect(await operator.content()).not.toContain("acme");
});
