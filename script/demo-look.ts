// The demo while it stays up: checkouts to push from, the operator's commands, and whatever is pushed told to the app as
// GitHub would tell it.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify, stripVTControlCharacters } from "node:util";
import type { CheckRun } from "../test/github/check-run.ts";
import { zeroSha } from "../test/github/git-repository.ts";
import { announceRefChange } from "../test/github/push.ts";
import type { Repository } from "../test/github/repository.ts";

export interface Kept {
  /** Where the app keeps its database; the checkouts and the operator's variables are put there too. */
  readonly folder: string;
  /** The variables that the app was started with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly repositories: readonly Repository[];
}

export interface Looked {
  /** A file of shell variables, by which the operator's commands reach the app. */
  readonly variables: string;
  readonly checkouts: readonly { readonly repository: string; readonly folder: string }[];
}

const git = (folder: string, ...args: string[]) => promisify(execFile)("git", args, { cwd: folder });

/** Puts checkouts and variables into the demo's folder. */
export async function prepareLook({ folder, environment, repositories }: Kept): Promise<Looked> {
  const variables = join(folder, "demo.env");
  const lines = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`,
  );
  await writeFile(variables, lines.join(""), { mode: 0o600 });
  const checkouts = [];
  for (const repository of repositories) {
    const checkout = join(folder, repository.fullName);
    await mkdir(dirname(checkout), { recursive: true });
    await git(folder, "clone", "--quiet", repository.git.directory, checkout);
    // Whoever tries it need not have told git who they are.
    const { login, email } = repository.github.developer;
    await git(checkout, "config", "user.name", login);
    await git(checkout, "config", "user.email", email);
    checkouts.push({ repository: repository.fullName, folder: checkout });
  }
  return { variables, checkouts };
}

// A person's push is noticed as soon as they look up.
const lookEveryMs = 500;

/**
 * Tells the apps of whatever is pushed to the repositories, opens a pull request for every new branch, and says what comes of
 * each. Never resolves; rejects once the signal says that nobody looks any more.
 */
export async function followPushes(
  repositories: readonly Repository[],
  say: (text: string) => void,
  signal?: AbortSignal,
): Promise<never> {
  const refs = new Map<string, string>();
  const told = new Set<CheckRun>();
  for (const repository of repositories) {
    for (const { ref, sha } of await heads(repository)) refs.set(`${repository.id} ${ref}`, sha);
    for (const { runs } of repository.checkSuites) for (const run of runs) told.add(run);
  }
  for (;;) {
    for (const repository of repositories) {
      await announceMoves(repository, refs, say);
      tellRuns(repository, told, say);
    }
    await pause(lookEveryMs, undefined, { ...(signal && { signal }) });
  }
}

function heads({ git }: Repository): Promise<{ ref: string; sha: string }[]> {
  return git.refs("refs/heads/");
}

async function announceMoves(
  repository: Repository,
  refs: Map<string, string>,
  say: (text: string) => void,
): Promise<void> {
  const sender = repository.github.developer;
  const present = new Map((await heads(repository)).map(({ ref, sha }) => [ref, sha]));
  const known = [...refs.keys()]
    .filter((key) => key.startsWith(`${repository.id} `))
    .map((key) => key.split(" ")[1] ?? "");
  for (const ref of new Set([...present.keys(), ...known])) {
    const before = refs.get(`${repository.id} ${ref}`) ?? zeroSha;
    const after = present.get(ref) ?? zeroSha;
    if (before === after) continue;
    refs.set(`${repository.id} ${ref}`, after);
    const branch = ref.slice("refs/heads/".length);
    say(`\n${repository.fullName}: ${branch} ${after === zeroSha ? "was deleted" : `is at ${after.slice(0, 7)}`}`);
    const isNew = before === zeroSha;
    const forced = !isNew && after !== zeroSha && (await repository.git.mergeBase(before, after)) !== before;
    await announceRefChange(repository, { ref, before, after, forced, sender });
    const isOpen = repository.pulls.some(({ state, headBranch }) => state === "open" && headBranch === branch);
    if (after === zeroSha || branch === repository.defaultBranch || isOpen) continue;
    const commit = await repository.git.commit(after);
    const pull = await repository.openPullRequest({ branch, title: commit?.message.split("\n")[0] ?? branch });
    say(`  pull request ${pull.number} is open`);
  }
}

function tellRuns(repository: Repository, told: Set<CheckRun>, say: (text: string) => void): void {
  for (const { runs } of repository.checkSuites) {
    for (const run of runs) {
      if (run.status !== "completed" || told.has(run)) continue;
      told.add(run);
      say(`\n${repository.fullName} ${run.headSha.slice(0, 7)}  ${run.name}: [${run.conclusion}] ${run.title}`);
      for (const { path, start_line: line, start_column: column, message } of run.annotations) {
        say(`  ${path}:${line}:${column ?? 1}`);
        for (const text of stripVTControlCharacters(message).split("\n")) say(`    ${text}`);
      }
    }
  }
}
