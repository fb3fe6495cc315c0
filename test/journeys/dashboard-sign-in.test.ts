// Somebody signs in with GitHub, sees the scopes of what they can read there and nothing else, and signs out again.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Account } from "../github/account.ts";
import { expectUsable, startBrowser, type TestBrowser } from "../support/browser.ts";
import { signIn, startWorld, type World } from "./world.ts";

let world: World;
let browser: TestBrowser;
let mona: Account;

beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(), startBrowser()]);
  mona = world.github.createAccount("mona", { type: "User" });
  world.github.createAccount("operator", { type: "User" });
  const [acme, globex] = await Promise.all([world.organization("acme"), world.organization("globex")]);
  const repository = await world.boundRepository("acme-inc", acme, { "shared/text.ts": "export const a = 1;\n" });
  await world.boundRepository("globex-corp", globex, { "shared/text.ts": "export const b = 1;\n" });
  repository.setRole(mona, "read");
});

afterAll(async () => {
  await Promise.all([browser.close(), world.close()]);
  expect(world.github.violations).toEqual([]);
});

test("a reader signs in, sees their scope and no other, and signs out", async () => {
  const page = await browser.open();
  await page.goto(`${world.app.url}/scopes`);
  expect(new URL(page.url()).pathname).toBe("/login");
  await expectUsable(page);
  await page.getByRole("link", { name: "Sign in with GitHub" }).click();
  await page.getByRole("button", { name: "Authorize as mona" }).click();
  await page.waitForURL("**/scopes");
  const rows = page.getByRole("row");
  await expect
    .poll(() => rows.allInnerTexts())
    .toEqual([expect.stringContaining("Scope"), expect.stringContaining("acme")]);
  await expectUsable(page);

  const answer = await page.goto(`${world.app.url}/scopes/globex`);
  expect(answer?.status()).toBe(404);
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("There is nothing at this address");
  await expectUsable(page);

  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
  const token = world.github.userTokens.grants[0]?.token;
  await page.getByRole("button", { name: "Sign out" }).click();
  expect(await page.getByRole("status").innerText()).toBe("You are signed out.");
  expect(world.github.userTokens.grants.some((grant) => grant.token === token)).toBe(false);
  await page.goto(`${world.app.url}/scopes`);
  expect(new URL(page.url()).pathname).toBe("/login");
});

test("whoever says no to GitHub is told so, and can try again", async () => {
  const page = await browser.open();
  await page.goto(`${world.app.url}/login`);
  await page.getByRole("link", { name: "Sign in with GitHub" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("You are not signed in");
  await expectUsable(page);
  await page.getByRole("link", { name: "Sign in with GitHub" }).click();
  await page.getByRole("button", { name: "Authorize as mona" }).click();
  await expect.poll(() => page.getByRole("heading", { level: 1 }).innerText()).toBe("Scopes");
});

test("whoever sees nothing is shown the three steps to bind a repository", async () => {
  world.github.createAccount("newcomer", { type: "User" });
  const page = await browser.open();
  await page.goto(`${world.app.url}/login`);
  await page.getByRole("link", { name: "Sign in with GitHub" }).click();
  await page.getByRole("button", { name: "Authorize as newcomer" }).click();
  const install = page.getByRole("link", { name: "Install on GitHub" });
  expect(await install.getAttribute("href")).toBe(
    `${world.github.serverUrl}/apps/${world.registered.slug}/installations/new`,
  );
  await expectUsable(page);
});

test("while GitHub does not answer, nobody is shown anything, and the page says why", async () => {
  const cookie = await signIn(world, "mona");
  await world.restart();
  world.github.faults.next({ path: /^\/user/, times: 3, respond: { status: 503 } });
  const answer = await fetch(`${world.app.url}/scopes`, { redirect: "manual", headers: { cookie } });
  expect(answer.status).toBe(503);
  const said = await answer.text();
  expect(said).toContain("GitHub does not say now what you may see, so nothing is shown.");
  expect(said).not.toContain("acme");
  // The session is still there.
  expect(answer.headers.getSetCookie()).toEqual([]);
  const later = await fetch(`${world.app.url}/scopes`, { redirect: "manual", headers: { cookie } });
  expect(later.status).toBe(200);
});

test("a code that another browser began is taken from nobody", async () => {
  const begun = await fetch(`${world.app.url}/login/github`, { redirect: "manual" });
  const { searchParams } = new URL(begun.headers.get("location") ?? "");
  const code = world.github.userTokens.authorize(world.registered, mona, `${world.app.url}/login/callback`, undefined);
  const asked = `${world.app.url}/login/callback?code=${code}&state=${searchParams.get("state")}`;
  const answer = await fetch(asked, { redirect: "manual" });
  expect(answer.status).toBe(400);
  expect(answer.headers.getSetCookie()).toEqual([]);
});

test("whoever takes the app's authorisation back is signed out, and whoever operates it sees all", async () => {
  const cookie = await signIn(world, "mona");
  const ask = (by: string) => fetch(`${world.app.url}/scopes`, { redirect: "manual", headers: { cookie: by } });
  expect((await ask(cookie)).status).toBe(200);
  await world.registered.revokeAuthorization(mona);
  // Another process has nothing remembered: what it would take the first one a minute to notice.
  await world.restart();
  const refused = await ask(cookie);
  expect([refused.status, refused.headers.get("location")]).toEqual([302, "/login?return=%2Fscopes"]);

  const seen = await (await ask(await signIn(world, "operator"))).text();
  for (const slug of ["global", "acme", "globex"]) expect(seen).toContain(`href="/scopes/${slug}"`);

  const page = await browser.open();
  const [name = "", ...value] = (await signIn(world, "operator")).split("=");
  await page.context().addCookies([{ name, value: value.join("="), url: world.app.url ?? "" }]);
  await page.goto(`${world.app.url}/scopes`);
  await page.keyboard.press("/");
  await page.keyboard.type("glob");
  await expect.poll(() => page.getByRole("status").innerText()).toBe("2 scopes");
  expect(await page.getByRole("rowheader").allInnerTexts()).toEqual(["global", "globex"]);
});
