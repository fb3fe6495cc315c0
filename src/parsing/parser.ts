// Reads sources in a child process. A parser is native code that recurses with its input, and a file of a few kilobytes,
// nested deeply enough, ends the process that parses it: that process must not be the one that serves everybody.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SourceLanguage } from "../link/parse.ts";
import { brokenRecord, type ModuleRecord } from "../link/record.ts";

export interface SourceToParse {
  readonly language: SourceLanguage;
  readonly source: string;
}

export interface Parser {
  /** Gives the record of each source, in order. One that cannot be parsed has a broken record that says so. */
  parse(sources: readonly SourceToParse[]): Promise<ModuleRecord[]>;
  /** Ends the child process. What is being parsed ends as unreadable. */
  close(): Promise<void>;
}

export interface ParserOptions {
  /** How long a source may take, in milliseconds. Default: 5,000, a hundred times what 1 MiB of ordinary code takes. */
  readonly sourceTimeoutMs?: number;
}

const childMain = fileURLToPath(new URL("child.ts", import.meta.url));

/** Makes a parser. Its child process starts with the first source, and anew after it was lost. */
export function createParser({ sourceTimeoutMs = 5000 }: ParserOptions = {}): Parser {
  let child: ChildProcess | undefined;
  // One batch at a time: an answer says nothing of which batch it belongs to.
  let turn: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const parseBatch = async (sources: readonly SourceToParse[]): Promise<ModuleRecord[]> => {
    const together = await ask(sources);
    if (together.length === sources.length) return together;
    // The child was lost, and answers on their way with it, so which source it was lost on is found one by one.
    const records: ModuleRecord[] = [];
    for (const source of sources) records.push((await ask([source]))[0] ?? unreadable);
    return records;
  };

  /** Sends sources to the child and gives the records that came back before it was lost, if it was. */
  const ask = (sources: readonly SourceToParse[]): Promise<ModuleRecord[]> => {
    if (isClosed) return Promise.resolve([]);
    child ??= start();
    const asked = child;
    const records: ModuleRecord[] = [];
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        asked.off("message", receive).off("exit", lose).off("error", lose);
        resolve(records);
      };
      const lose = () => {
        if (child === asked) child = undefined;
        end();
      };
      const timer = setTimeout(() => asked.kill("SIGKILL"), sourceTimeoutMs);
      const receive = (record: ModuleRecord) => {
        records.push(record);
        timer.refresh();
        if (records.length === sources.length) end();
      };
      asked.on("message", receive).on("exit", lose).on("error", lose);
      // A child that is gone by now is noticed by its exit.
      asked.send(sources, () => {});
    });
  };

  return {
    parse(sources) {
      if (sources.length === 0) return Promise.resolve([]);
      const result = turn.then(() => parseBatch(sources));
      turn = result.catch(() => {});
      return result;
    },
    async close() {
      isClosed = true;
      const last = child;
      if (last === undefined) return;
      const gone = new Promise((resolve) => last.once("exit", resolve));
      last.kill("SIGKILL");
      await gone;
    },
  };
}

function start(): ChildProcess {
  return fork(childMain, [], {
    execPath: process.execPath,
    // Sources are 1 MiB at most, and what is read of one is thrown away before the next.
    execArgv: ["--max-old-space-size=512", "--disable-warning=ExperimentalWarning"],
    env: {},
    cwd: "/",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    // Records hold Maps and Sets.
    serialization: "advanced",
  });
}

const unreadable: ModuleRecord = brokenRecord([
  {
    code: "syntax-error",
    start: 0,
    end: 0,
    message: "The file cannot be read: it is nested too deeply, or reading it takes too long",
    remedy: "Split the expression or the file",
  },
]);
