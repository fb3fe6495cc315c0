// Reads sources in child processes. A parser is native code that recurses with its input, and a file of a few kilobytes,
// nested deeply enough, ends the process that parses it: that process must not be the one that serves everybody. As many
// of them work at the same time as the machine has cores for.
import { availableParallelism } from "node:os";
import { Fault } from "../errors.ts";
import type { SourceLanguage } from "../link/parse.ts";
import { brokenRecord, type ModuleRecord } from "../link/record.ts";
import type { ParseMessage } from "./parse-message.ts";
import { createParseProcess, type ParseAnswer, type ParseProcess } from "./parse-process.ts";

export interface SourceToParse {
  readonly language: SourceLanguage;
  readonly source: string;
}

export interface Parser {
  /**
   * Gives the record of each source, in order. One that cannot be parsed has a broken record that says so. Throws `Fault`
   * `sources-unreadable` where so many cannot be that others would wait for long.
   */
  parse(sources: readonly SourceToParse[]): Promise<ModuleRecord[]>;
  /** Starts a process ahead of the first sources. */
  warm(): void;
  /** Ends the child processes. What is being parsed ends as unreadable. */
  close(): Promise<void>;
}

export interface ParserOptions {
  /** How long a source may take, in milliseconds. Default: 5,000, a hundred times what 1 MiB of ordinary code takes. */
  readonly sourceTimeoutMs?: number;
  /** How long the sources of one call may take in all that cannot be parsed, in milliseconds. Default: 60,000. */
  readonly lostTimeoutMs?: number;
  /** How many processes may work at the same time. Default: one for each core, and no more than 4. */
  readonly processes?: number;
}

// A message costs as much as a small source, and a batch that its process is lost on is parsed again source by source.
const batchSourcesMax = 64;
const batchLengthMax = 256 * 1024;

/** Makes a parser. Its processes start when there is work for them, and anew after they were lost. */
export function createParser(options: ParserOptions = {}): Parser {
  const { sourceTimeoutMs = 5000, lostTimeoutMs = 60_000, processes = Math.min(4, availableParallelism()) } = options;
  const all = Array.from({ length: processes }, createParseProcess);
  const idle = [...all];
  const waiting: ((free: ParseProcess) => void)[] = [];

  /** Asks, and notes the time where nothing came of it. */
  const askFor = async (free: ParseProcess, message: ParseMessage, lost: Lost): Promise<ParseAnswer> => {
    if (lost.ms >= lostTimeoutMs) {
      const most = `${Math.round(lostTimeoutMs / 1000)} s`;
      throw new Fault(
        "sources-unreadable",
        `The files that cannot be read took more than ${most}, and there are others`,
      );
    }
    const startedAt = performance.now();
    const answer = await free.ask(message, sourceTimeoutMs);
    if (answer.kind !== "read") lost.ms += performance.now() - startedAt;
    return answer;
  };

  /** Parses one source, for which the process may have been lost before. */
  const parseAlone = async (
    free: ParseProcess,
    source: SourceToParse,
    before: ParseAnswer | undefined,
    lost: Lost,
  ): Promise<ModuleRecord> => {
    const ask = (isRoomy: boolean) => askFor(free, { sources: [source], isRoomy }, lost);
    const quick = before ?? (await ask(false));
    // What died by itself may have lacked room and nothing else.
    const answer = quick.kind === "died" ? await ask(true) : quick;
    return (answer.kind === "read" ? answer.records[0] : undefined) ?? unreadable;
  };

  const parseBatch = async (batch: readonly SourceToParse[], lost: Lost): Promise<ModuleRecord[]> => {
    // The last one that was put back is the one that runs already.
    const free = idle.pop() ?? (await new Promise<ParseProcess>((resolve) => waiting.push(resolve)));
    try {
      const together = await askFor(free, { sources: batch, isRoomy: false }, lost);
      if (together.kind === "read") return together.records;
      // Which source the process was lost on is found one by one.
      const records: ModuleRecord[] = [];
      const before = batch.length === 1 ? together : undefined;
      for (const source of batch) records.push(await parseAlone(free, source, before, lost));
      return records;
    } finally {
      const next = waiting.shift();
      if (next) next(free);
      else idle.push(free);
    }
  };

  return {
    async parse(sources) {
      const lost: Lost = { ms: 0 };
      return (await Promise.all(batchesOf(sources).map((batch) => parseBatch(batch, lost)))).flat();
    },
    warm() {
      idle.at(-1)?.start();
    },
    async close() {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}

/** How long one call has waited for what came to nothing. */
interface Lost {
  ms: number;
}

/** Cuts sources into runs that are neither many nor long. */
function batchesOf(sources: readonly SourceToParse[]): SourceToParse[][] {
  const batches: SourceToParse[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const source of sources) {
    let batch = batches.at(-1);
    if (batch === undefined || batch.length === batchSourcesMax || length + source.source.length > batchLengthMax) {
      batch = [];
      batches.push(batch);
      length = 0;
    }
    batch.push(source);
    length += source.source.length;
  }
  return batches;
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
