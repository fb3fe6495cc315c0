// An operator with nothing runs `bifrost app create`, presses two buttons, and has what a server needs.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { connectGitHubApp } from "../../src/github/client.ts";
import { neededPermissions } from "../../src/workspace/app-needs.ts";
import { bifrostHere } from "../cli/bifrost.ts";
import { type GitHubEmulator, startGitHub } from "../github/emulator.ts";
import { startBrowser, type TestBrowser } from "../support/browser.ts";

let github: GitHubEmulator;
let browser: TestBrowser;
beforeAll(async () => {
  [github, browser] = await Promise.all([startGitHub(), startBrowser()]);
  github.createAccount("acme-inc");
});
afterAll(async () => {
  await Promise.all([browser.close(), github.close()]);
  expect(github.violations).toEqual([]);
});

const launcher = fileURLToPath(new URL("../../bin/bifrost", import.meta.url));

/** Runs the command in a folder of its own. */
async function run(folder: string, ...args: string[]) {
  const command = spawn(launcher, ["app", "create", "--url", "https://modules.example.com", ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, GITHUB_API_URL: github.apiUrl, GITHUB_SERVER_URL: github.serverUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const address = Promise.withResolvers<string>();
  const printed = { stderr: "" };
  command.stderr.on("data", (chunk) => {
    printed.stderr += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(printed.stderr)?.[0];
    if (found !== undefined) address.resolve(found);
  });
  const ended = once(command, "exit").then(([code]) => {
    address.reject(new Error(`The command ended: ${printed.stderr}`));
    return code as number | null;
  });
  address.promise.catch(() => {});
  return { command: command as ChildProcess, address: address.promise, ended, stdout: text(command.stdout), printed };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bifrost-app-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("the app is created in the browser, and the file that comes of it starts a server", async () => {
  const folder = await newFolder();
  const { address, ended, stdout, printed } = await run(folder, "--organization", "acme-inc");
  const url = await address;
  const guess = new URL(url);
  expect((await fetch(guess.origin)).status).toBe(404);

  const page = await browser.open();
  await page.goto(url);
  expect(await page.getByRole("main").innerText()).toContain("write checks");
  await page.getByRole("button", { name: "Create it on GitHub" }).click();
  await page.getByRole("button", { name: "Create GitHub App for acme-inc" }).click();
  expect(await page.getByRole("heading").innerText()).toBe("The app is created");
  expect(await ended).toBe(0);

  const app = github.apps.at(-1);
  expect(app).toMatchObject({
    owner: { login: "acme-inc" },
    webhookUrl: "https://modules.example.com/api/github/webhooks",
    callbackUrls: ["https://modules.example.com/login/callback"],
    permissions: neededPermissions,
  });
  const path = join(folder, "bifrost.env");
  for (const file of [path, join(folder, "bifrost.private-key.pem")]) {
    expect((await stat(file)).mode & 0o777, file).toBe(0o600);
  }
  const config = readConfig(parseEnv(await readFile(path, "utf8")) as NodeJS.ProcessEnv);
  expect(config.publicUrl).toBe("https://modules.example.com");
  expect(config.signIn).toEqual({ clientId: app?.clientId, clientSecret: app?.clientSecret });
  expect(config.app?.webhookSecrets).toEqual([app?.webhookSecret]);
  if (config.app === undefined) throw new Error("The file sets up no app");
  const known = connectGitHubApp({ ...config.app, apiUrl: config.githubApiUrl, serverUrl: config.githubServerUrl });
  expect((await known.facts()).slug).toBe(app?.slug);

  const said = `${await stdout}${printed.stderr}`;
  expect(said).toContain("/installations/new");
  for (const secret of [app?.clientSecret, app?.webhookSecret, "BEGIN"]) expect(said).not.toContain(secret);
});

test("a code without the state that was sent is not taken, and whoever stops leaves nothing behind", async () => {
  const folder = await newFolder();
  const { command, address, ended } = await run(folder);
  const forged = await fetch(`${await address}/created?code=stolen&state=guessed`);
  expect(forged.status).toBe(400);
  command.kill("SIGINT");
  expect(await ended).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test("an address that is not the root of a host is refused before anything is begun", async () => {
  for (const url of ["modules.example.com", "https://modules.example.com/bifrost", "ftp://modules.example.com"]) {
    const { exitCode, stderr } = await bifrostHere(["app", "create", "--url", url]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--url must be the root of a host, such as https://modules.example.com: it is "${url}"`);
  }
});

test("nothing is overwritten", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "bifrost.env"), "APP_ID=1\n");
  const { ended, printed } = await run(folder);
  expect(await ended).toBe(2);
  expect(printed.stderr).toContain("is there already, and nothing is overwritten");
  expect(await readFile(join(folder, "bifrost.env"), "utf8")).toBe("APP_ID=1\n");
  expect(await readdir(folder)).toEqual(["bifrost.env"]);
});
