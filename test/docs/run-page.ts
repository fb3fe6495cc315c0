// Runs a page from its first block to its last, as whoever follows it does.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Block, root, stepsOf } from "./blocks.ts";
import { difference } from "./expected-output.ts";
import { type ShellSession, startShell } from "./shell-session.ts";
import { problemsOf } from "./snippets.ts";
import { problemsOfLines } from "./unrun-lines.ts";

/** What a page is followed in. */
export interface PageWorld {
  /** Where the shell starts. Default: an empty folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands in the page, and what is there in this world in its place. */
  readonly places?: Readonly<Record<string, string>>;
  /** What a comment `<!-- test: … -->` asks for, by its words. */
  readonly requests?: Readonly<Record<string, (session: ShellSession) => Promise<void>>>;
  /** What a block with this flag is run by, in place of the shell alone. */
  readonly runners?: Readonly<Record<string, (text: string, session: ShellSession, folder: string) => Promise<string>>>;
  /** Resolves once everything that a block has set going is done. */
  settled?(): Promise<void>;
  close?(): Promise<void>;
}

// A block starts several programs, which a busy machine takes its time for.
const timeout = 120_000;

/** Defines the tests of a page: one for each block, in order. `start` gets an empty folder and makes the world. */
export function followPage(page: string, start: (folder: string) => Promise<PageWorld>): void {
  let folder: string;
  let world: PageWorld;
  let session: ShellSession;
  // A shell that has been somewhere else knows where files go; nobody else does.
  let isLost = false;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bifrost-page-"));
    await Promise.all(["home", "work", "scratch", "bin"].map((name) => mkdir(join(folder, name))));
    world = await start(folder);
    const env = {
      HOME: join(folder, "home"),
      PATH: `${join(root, "bin")}:${process.env.PATH}`,
      LANG: "C.UTF-8",
      ...world.env,
    };
    session = startShell(world.cwd ?? join(folder, "work"), env, join(folder, "scratch"));
  }, timeout);
  afterAll(async () => {
    await session?.close();
    await world?.close?.();
    await rm(folder, { recursive: true, force: true });
  }, timeout);

  for (const step of stepsOf(page)) {
    const { line } = "block" in step ? step.block : step;
    const isRun = !("block" in step && step.block.flags.includes("unrun"));
    test(`${page}:${line}${isRun ? "" : " cannot be run here, and is checked as far as it can be"}`, {
      timeout,
    }, async () => {
      expect(isLost, "A block before this one failed").toBe(false);
      isLost = true;
      if ("request" in step) {
        const act = world.requests?.[step.request];
        if (act === undefined) throw new Error(`The test of ${page} knows no request "${step.request}"`);
        await act(session);
        await goOn();
      } else if (step.block.language === "sh") await runBlock(step.block, step.output);
      else await placeBlock(step.block);
    });
  }

  async function runBlock({ text, flags }: Block, output: string | undefined): Promise<void> {
    const [flag] = flags;
    if (flag === "unrun") {
      expect(await problemsOfLines(text)).toEqual([]);
      isLost = false;
      return;
    }
    const here = inWorld(text);
    const runner = flag === undefined || flag === "fails" ? undefined : world.runners?.[flag];
    if (flag !== undefined && flag !== "fails" && runner === undefined)
      throw new Error(`Nobody runs blocks marked "${flag}"`);
    const printed =
      runner === undefined ? await session.run(here, { fails: flag === "fails" }) : await runner(here, session, folder);
    await goOn();
    if (output === undefined) return;
    const wrong = difference(output, fromWorld(printed));
    if (wrong !== undefined) throw new Error(`It printed something else than the page shows:\n${wrong}\n\n${printed}`);
  }

  /** Reads a block as what it is, and puts it where the page says that it belongs. */
  async function placeBlock(block: Block): Promise<void> {
    const problems = problemsOf(block);
    if (problems === undefined)
      throw new Error(`Nobody reads this block of ${block.language}: see test/docs/snippets.ts`);
    expect(problems).toEqual([]);
    isLost = false;
    if (block.path === undefined) return;
    const target = join((await session.run("pwd")).trim(), block.path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, inWorld(block.text));
  }

  /** What a block printed may be wrong; those after it can be followed all the same. */
  async function goOn(): Promise<void> {
    await world.settled?.();
    isLost = false;
  }

  function inWorld(text: string): string {
    return replaceEach(text, Object.entries(world.places ?? {}));
  }

  function fromWorld(text: string): string {
    return replaceEach(
      text,
      Object.entries(world.places ?? {}).map(([shown, real]) => [real, shown]),
    );
  }
}

/** Puts each of these in the place of another, all at once: what came in is not looked at again. Longer ones go first. */
function replaceEach(text: string, replacements: readonly (readonly [from: string, to: string])[]): string {
  const sorted = replacements.toSorted(([one], [other]) => other.length - one.length);
  const [first] = sorted;
  if (first === undefined) return text;
  const pattern = sorted.map(([from]) => from.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  const known = new Map(sorted);
  return text.replaceAll(new RegExp(pattern, "g"), (from) => known.get(from) ?? from);
}
