// The main job as a newcomer watches it: the GitHub emulator on repositories made from examples/, the app as a process of
// its own on its embedded database, and the operator's commands, all as anyone would start them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import type { CheckRun } from "../test/github/check-run.ts";
import { type GitHubEmulator, startGitHub } from "../test/github/emulator.ts";
import type { Repository } from "../test/github/repository.ts";
import { type AppProcess, freePort, runBifrost, startAppProcess } from "./demo-app.ts";
import { followPushes, prepareLook } from "./demo-look.ts";

const usage = `Usage: script/demo [--json] [--keep]

  --json  print one JSON document { "ok", "steps": [...] } and nothing else
  --keep  stay up at the end, until Ctrl+C: with checkouts to push from, whose pushes the app is told of

Example: script/demo --keep
`;

const options = readOptions();

/** One step of the demo: its title, and what happened as facts. */
type Step = { readonly title: string } & Readonly<Record<string, unknown>>;

// Long enough for a first start on a slow machine; what takes longer hangs.
const patienceMs = 60_000;

const steps: Step[] = [];
let headings = 0;
const say = (text: string) => options.json || process.stdout.write(`${text}\n`);

function begin(title: string): void {
  headings += 1;
  say(`\n${styleText("bold", `${headings}. ${title}`)}`);
}

function end(step: Step): void {
  steps.push(step);
}

async function demo(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "bifrost-demo-"));
  const github = await startGitHub();
  const stage: Stage = { github, folder, environment: {}, app: undefined };
  let failure: string | undefined;
  try {
    // Ctrl+C at any time ends what was started and removes the folder.
    const signal = await Promise.race([interruption(), play(stage)]);
    if (signal !== undefined && !options.keep) failure = `Stopped by ${signal}`;
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  } finally {
    await stage.app?.stop();
    await github.close();
    await rm(folder, { recursive: true, force: true });
  }
  if (failure === undefined) return 0;
  if (options.json) printDocument({ ok: false, steps, error: failure });
  else process.stderr.write(`${styleText("red", "\nThe demo failed:")} ${failure}\n`);
  return 1;
}

/** What the demo has started so far. */
interface Stage {
  readonly github: GitHubEmulator;
  readonly folder: string;
  environment: Readonly<Record<string, string>>;
  app: AppProcess | undefined;
}

/** Shows every step, and stays up for as long as it is asked to. */
async function play(stage: Stage): Promise<undefined> {
  await show(stage);
  const { github, folder, app } = stage;
  if (github.violations.length > 0)
    throw new Error(`GitHub's description was violated: ${github.violations.join("; ")}`);
  const { repositories } = github;
  const look = options.keep ? await prepareLook({ folder, environment: stage.environment, repositories }) : undefined;
  const kept = look && { app: app?.url, api: github.apiUrl, folder, ...look };
  if (options.json) printDocument({ ok: true, steps, ...kept });
  say(styleText("green", "\nDone: every step did what it should."));
  if (look === undefined) return;
  const bifrost = join(import.meta.dirname, "..", "bin", "bifrost");
  const acme = look.checkouts.find(({ repository }) => repository.startsWith("acme-inc/"))?.folder;
  say(`
It stays up until Ctrl+C. The app is at ${app?.url}; sign in there as "developer", who is its operator.

The operator's commands, in another terminal:
  cd ${folder} && . ./demo.env
  ${bifrost} repo list
  ${bifrost} resolve shared/halopsa --org acme

Push from a checkout: a new branch becomes a pull request, and what the app says of it is printed here.
${look.checkouts.map(({ folder }) => `  ${folder}`).join("\n")}

  cd ${acme} && git switch -c try
  sed -i.bak s/oncall/onkall/ workflows/escalate.ts && git commit -qam "Break an import" && git push -u origin try
  git push origin try:main      # and this would land it`);
  // Until the interruption wins the race.
  await followPushes(repositories, say);
}

function interruption(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
}

function printDocument(document: object): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

async function show(stage: Stage): Promise<void> {
  const { github, folder } = stage;
  begin("GitHub: a global repository and those of two organisations");
  const registered = github.registerApp({ webhookSecret: "a secret for the demo" });
  const repositories = {
    global: await github
      .createAccount("platform")
      .createRepository("bifrost-global", { fromFolder: example("global") }),
    acme: await github.createAccount("acme-inc").createRepository("bifrost-modules", { fromFolder: example("acme") }),
    globex: await github.createAccount("globex-corp").createRepository("workflows", { fromFolder: example("globex") }),
  };
  const names = Object.values(repositories).map(({ fullName }) => fullName);
  for (const name of names) say(`   ${name}`);
  end({ title: "GitHub", api: github.apiUrl, repositories: names });

  begin("The app starts on its embedded database, with nothing to configure but the GitHub App");
  const port = await freePort();
  const environment = {
    APP_ID: `${registered.id}`,
    PRIVATE_KEY: registered.privateKey,
    WEBHOOK_SECRET: registered.webhookSecret,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_CLIENT_ID: registered.clientId,
    GITHUB_CLIENT_SECRET: registered.clientSecret,
    BIFROST_OPERATORS: github.developer.login,
    BIFROST_URL: `http://127.0.0.1:${port}`,
    HOST: "127.0.0.1",
    PORT: `${port}`,
  };
  stage.environment = environment;
  stage.app = await startAppProcess(folder, environment);
  const { url } = stage.app;
  registered.webhookUrl = `${url}/api/github/webhooks`;
  registered.callbackUrls = [`${url}/login/callback`];
  say(`   bifrost serve: ${url}`);
  end({ title: "App", url, database: "embedded", cache: "in process" });
  await journey(registered, repositories, (...args) => runBifrost(folder, environment, args));
}

type Bifrost = (...args: string[]) => Promise<Record<string, unknown>>;
type Repositories = Readonly<Record<"global" | "acme" | "globex", Repository>>;
type Registered = ReturnType<GitHubEmulator["registerApp"]>;

async function journey(registered: Registered, repositories: Repositories, bifrost: Bifrost): Promise<void> {
  begin("An operator creates the organisations");
  for (const slug of ["acme", "globex"]) {
    const { organization } = await bifrost("org", "create", slug);
    say(`   bifrost org create ${slug}`);
    end({ title: "Organisation", command: `bifrost org create ${slug}`, organization });
  }

  begin("The app is installed: each repository asks for a scope in .github/bifrost.yml, and nobody granted it yet");
  for (const [scope, repository] of Object.entries(repositories)) {
    await registered.install(repository.owner);
    const run = await answered(repository, await repository.head(), "bifrost/sync", "action_required");
    say(`   ${repository.fullName} asks for ${scope}: ${conclusion(run)} ${run.title}`);
    for (const { message } of run.annotations) {
      say(`     ${message.split("\n").find((line) => line.includes("bifrost grant")) ?? message}`);
    }
    end({ title: "Installed", repository: repository.fullName, scope, check: told(run) });
  }

  begin("The operator grants the scopes, and the repositories are synced");
  for (const [scope, repository] of Object.entries(repositories)) {
    await bifrost("grant", scope, repository.fullName);
    const run = await answered(repository, await repository.head(), "bifrost/sync", "success");
    say(`   bifrost grant ${scope} ${repository.fullName}`);
    await synced("Granted and synced", repository, run, bifrost);
  }

  begin("The cascade: the same import in two organisations");
  for (const scope of ["acme", "globex"]) {
    const folders = ["--dir", example(scope), "--global", example("global")];
    const found = await bifrost("resolve", "shared/halopsa", ...folders);
    const hides = found.overrides ? ", which hides the global one" : ", since it has none of its own";
    say(`   shared/halopsa for ${scope}: ${found.scope}/${found.path}${hides}`);
    end({ title: "Resolved", organization: scope, specifier: "shared/halopsa", ...found });
  }

  begin("Acme pushes twice: files added and changed, then one renamed and one deleted");
  const before = (await repositories.acme.read("shared/oncall.ts")) ?? "";
  const first = await repositories.acme.push({
    message: "Prepare the summer rota",
    files: {
      "shared/rota.json": '["north", "south", "harbour"]\n',
      "shared/oncall.ts": before.replace('"south", ', ""),
      "shared/sites.ts": 'export const sites = ["Harbour", "Quarry"];\n',
      "workflows/noop.ts": "export default () => null;\n",
    },
  });
  await synced(
    "Pushed",
    repositories.acme,
    await answered(repositories.acme, first.sha, "bifrost/sync", "success"),
    bifrost,
  );
  const second = await repositories.acme.push({
    message: "Tidy up",
    files: {
      "shared/places.ts": 'export const sites = ["Harbour", "Quarry"];\n',
      "shared/sites.ts": null,
      "workflows/noop.ts": null,
    },
  });
  await synced(
    "Pushed",
    repositories.acme,
    await answered(repositories.acme, second.sha, "bifrost/sync", "success"),
    bifrost,
  );

  await pullRequest(repositories.acme, bifrost);
  say(`\n${(await bifrostTable(bifrost)).join("\n")}`);
}

async function pullRequest(acme: Repository, bifrost: Bifrost): Promise<void> {
  begin("Acme opens a pull request that moves a module and forgets the workflow that imports it");
  const module = (await acme.read("shared/oncall.ts")) ?? "";
  const pull = await acme.openPullRequest({
    title: "Move the rota to its own folder",
    branch: "move-rota",
    files: { "shared/oncall.ts": null, "shared/people/oncall.ts": module },
  });
  const red = await answered(acme, pull.headSha, "bifrost", "failure");
  say(`   ${conclusion(red)} ${red.title}`);
  for (const { path, start_line: line, start_column: column, message } of red.annotations) {
    say(`   ${path}:${line}:${column ?? 1}`);
    for (const text of message.split("\n")) say(`     ${text}`);
  }
  if (red.annotations.length === 0) throw new Error("The broken import was not annotated");
  end({ title: "Pull request broken", pull: pull.number, commit: pull.headSha, check: told(red) });

  begin("The author pushes the fix");
  const workflow = (await acme.read("workflows/escalate.ts")) ?? "";
  await pull.push({
    message: "Follow the move",
    files: {
      "workflows/escalate.ts": workflow.replace(
        /^import \{ halopsa, oncall \} from "shared";/m,
        'import { halopsa } from "shared"; import { oncall } from "shared/people";',
      ),
    },
  });
  const green = await answered(acme, pull.headSha, "bifrost", "success");
  say(`   ${conclusion(green)} ${green.title}`);
  end({ title: "Pull request mended", pull: pull.number, commit: pull.headSha, check: told(green) });

  begin("The pull request is merged, and the merge is synced");
  const { sha } = await pull.merge();
  await synced("Merged", acme, await answered(acme, sha, "bifrost/sync", "success"), bifrost);
}

/** Says what a sync did and records it as a step. */
async function synced(title: string, repository: Repository, run: CheckRun, bifrost: Bifrost): Promise<void> {
  const { repositories } = (await bifrost("repo", "list")) as { repositories: readonly ListedRepository[] };
  const listed = repositories.find(({ id }) => id === repository.id);
  if (listed?.lastSync?.commit !== run.headSha)
    throw new Error(`${repository.fullName} was not synced to ${run.headSha}`);
  const { scope, revision, upserts, deletes, skipped } = listed.lastSync;
  say(`   ${conclusion(run)} ${run.title}`);
  for (const path of upserts) say(`     + ${path}`);
  for (const path of deletes) say(`     - ${path}`);
  for (const { path, detail } of skipped) say(`     skipped ${path}: ${detail}`);
  end({ title, repository: repository.fullName, scope, revision, upserts, deletes, skipped, check: told(run) });
}

interface ListedRepository {
  readonly id: number;
  readonly repository: string;
  readonly scope: string | null;
  readonly state: string;
  readonly lastSync: {
    readonly commit: string;
    readonly scope: string;
    readonly revision: number;
    readonly upserts: readonly string[];
    readonly deletes: readonly string[];
    readonly skipped: readonly { readonly path: string; readonly detail: string }[];
  } | null;
}

async function bifrostTable(bifrost: Bifrost): Promise<string[]> {
  const { repositories } = (await bifrost("repo", "list")) as { repositories: readonly ListedRepository[] };
  return repositories.map(
    ({ repository, scope, state, lastSync }) =>
      `   ${repository.padEnd(26)} ${state}, feeds ${scope} at revision ${lastSync?.revision}`,
  );
}

/** The newest check run of a name on a commit, once it is completed as expected. */
async function answered(
  repository: Repository,
  sha: string,
  name: "bifrost" | "bifrost/sync",
  expected: string,
): Promise<CheckRun> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const run = repository.checkRuns(sha).findLast((candidate) => candidate.name === name);
    if (run?.status === "completed" && run.conclusion === expected) return run;
    if (Date.now() > deadline) {
      const found = run ? `${run.status}, ${run.conclusion}: ${run.title}\n${run.summary}` : "no such check run";
      throw new Error(`${repository.fullName} waits for "${name}" on ${sha} to be ${expected}; there is ${found}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function told(run: CheckRun): object {
  const { name, conclusion, title, summary, annotations } = run;
  return { name, conclusion, title, summary, annotations };
}

function conclusion({ conclusion }: CheckRun): string {
  const colors = { success: "green", failure: "red" } as const;
  const color = colors[conclusion as keyof typeof colors] ?? "yellow";
  return styleText(color, `[${conclusion}]`);
}

function example(name: string): string {
  return join(import.meta.dirname, "..", "examples", name);
}

if (options.help) process.stdout.write(usage);
// Not only the exit code: an interrupted step would go on waiting for what will never come.
else process.exit(await demo());
