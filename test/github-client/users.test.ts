import { createHash } from "node:crypto";
import { pino } from "pino";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { connectGitHubUsers, type GitHubUsers } from "../../src/github/users.ts";
import type { Account } from "../github/account.ts";
import { type GitHubEmulator, startGitHub } from "../github/emulator.ts";
import type { RegisteredApp } from "../github/registered-app.ts";

const redirectUri = "https://modules.test/login/callback";
const verifier = "a verifier that only this browser has, long enough for PKCE";
const challenge = createHash("sha256").update(verifier).digest("base64url");

let github: GitHubEmulator;
let app: RegisteredApp;
let mona: Account;
let users: GitHubUsers;

beforeEach(async () => {
  github = await startGitHub();
  onTestFinished(async () => {
    await github.close();
    expect(github.violations).toEqual([]);
  });
  app = github.registerApp({ callbackUrls: [redirectUri] });
  mona = github.createAccount("mona", { type: "User" });
  users = connect();
});

function connect(clientSecret = app.clientSecret): GitHubUsers {
  return connectGitHubUsers({
    apiUrl: github.apiUrl,
    serverUrl: github.serverUrl,
    clientId: app.clientId,
    clientSecret,
    userAgent: "test",
    timeoutMs: 5_000,
    log: pino({ level: "silent" }),
  });
}

/** Presses the button of GitHub's page, and gives the code that comes of it. */
async function authorized(login: string): Promise<string> {
  const asked = new URL(users.signInUrl({ state: "the state", challenge, redirectUri }));
  const pressed = await fetch(`${asked.origin}${asked.pathname}`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams([...asked.searchParams, ["login", login]]),
  });
  const back = new URL(pressed.headers.get("location") ?? "");
  expect(back.searchParams.get("state")).toBe("the state");
  return back.searchParams.get("code") ?? "";
}

describe("signing in", () => {
  test("gives a token for the code, which says whose it is", async () => {
    const tokens = await users.signIn({ code: await authorized("mona"), verifier, redirectUri });
    expect(await users.user(tokens.token)).toEqual({ id: mona.id, login: "mona" });
    const hours = ((tokens.expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(hours).toBeCloseTo(8, 1);
  });

  test("takes a code once, and not from whoever has another verifier", async () => {
    const stolen = users.signIn({ code: await authorized("mona"), verifier: "a guess", redirectUri });
    await expect(stolen).rejects.toMatchObject({ code: "sign-in-refused" });
    const code = await authorized("mona");
    await users.signIn({ code, verifier, redirectUri });
    await expect(users.signIn({ code, verifier, redirectUri })).rejects.toMatchObject({ code: "sign-in-refused" });
  });

  test("says so where it is the app's own secret that is wrong, and keeps it out of the message", async () => {
    const refused = connect("another secret").signIn({ code: await authorized("mona"), verifier, redirectUri });
    await expect(refused).rejects.toMatchObject({ code: "client-refused" });
    await expect(refused).rejects.not.toThrow("another secret");
  });

  test("says so where GitHub does not answer", async () => {
    github.faults.next({ path: "/login/oauth/access_token", respond: { status: 502 } });
    const unanswered = users.signIn({ code: "any", verifier, redirectUri });
    await expect(unanswered).rejects.toMatchObject({ code: "github-unavailable" });
  });
});

test("a token is renewed once, and both old ones are of no use afterwards", async () => {
  const first = await users.signIn({ code: await authorized("mona"), verifier, redirectUri });
  const second = await users.refresh(first.refreshToken ?? "");
  expect((await users.user(second.token)).login).toBe("mona");
  await expect(users.user(first.token)).rejects.toMatchObject({ code: "user-token-refused" });
  await expect(users.refresh(first.refreshToken ?? "")).rejects.toMatchObject({ code: "user-token-refused" });
});

test("a token that was given back is nobody's, and giving it back again makes no difference", async () => {
  const { token } = github.userTokens.issue(app, mona);
  await users.revoke(token);
  await expect(users.user(token)).rejects.toMatchObject({ code: "user-token-refused" });
  await users.revoke(token);
});

describe("what somebody can read", () => {
  test("is all pages of all installations, with what they may do", async () => {
    const acme = github.createAccount("acme");
    const many = [];
    for (let count = 0; count < 103; count += 1) many.push(await acme.createRepository(`modules-${count}`));
    for (const repository of many) repository.setRole(mona, "read");
    many[50]?.setRole(mona, "admin");
    const other = await github.createAccount("globex").createRepository("modules");
    const shared = await github.createAccount("initech").createRepository("modules");
    shared.setRole(mona, "maintain");
    for (const { owner } of [acme.repositories[0], other, shared].flatMap((one) => one ?? [])) await app.install(owner);
    const { token } = github.userTokens.issue(app, mona);
    const found = await users.repositories(token);
    expect(found.toSorted((one, two) => one.id - two.id)).toEqual(
      [...many, shared].map(({ id }, index) => ({ id, isAdmin: index === 50 })),
    );
  });

  test("is nothing of an installation that is suspended, and no answer at all while GitHub is away", async () => {
    const [acme, globex] = ["acme", "globex"].map((login) => github.createAccount(login));
    if (acme === undefined || globex === undefined) throw new Error("no accounts");
    const [one, two] = await Promise.all([acme, globex].map((owner) => owner.createRepository("modules")));
    one?.setRole(mona, "read");
    two?.setRole(mona, "read");
    const installation = await app.install(acme);
    await app.install(globex);
    const { token } = github.userTokens.issue(app, mona);
    await installation.suspend();
    expect(await users.repositories(token)).toEqual([{ id: two?.id, isAdmin: false }]);
    github.faults.next({ path: /\/user\/installations\/\d+\/repositories/, times: 9, respond: { status: 503 } });
    await expect(users.repositories(token)).rejects.toMatchObject({ code: "github-unavailable" });
  });
});
