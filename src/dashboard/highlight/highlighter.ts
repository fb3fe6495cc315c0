// Highlights sources of strangers in a thread of its own. Grammars are regular expressions: 8 KB of a single letter take
// one a quarter of a second, 64 KB a quarter of a minute. A source that takes too long is shown plain.
import { Worker } from "node:worker_threads";
import { createRecent } from "../../recent.ts";
import type { ContentHash } from "../../workspace/layer.ts";
import { type CodeLine, plainLines, withoutLastEnd, withPlainEnds } from "./code-line.ts";
import { createFairQueue } from "./fair-queue.ts";
import { codeLanguageOf } from "./language.ts";
import type { HighlightRequest } from "./worker.ts";

export interface Highlighter {
  /** The lines of a file, highlighted where that can be done in time. `hash` must be that of the source. */
  lines(path: string, hash: ContentHash, source: string): Promise<readonly CodeLine[]>;
}

export interface Highlighters {
  /**
   * The highlighter for one scope's sources. All of them share a thread, in which scopes take turns, so that whose sources
   * are slow waits for them alone.
   */
  of(scope: string): Highlighter;
}

export interface HighlighterOptions {
  /** Longer sources are shown plain. Default: 256 Ki characters, which take some 80 ms. */
  readonly lengthMax?: number;
  /** How long one source may take, in milliseconds. Default: 500. */
  readonly timeoutMs?: number;
  /** How long one source may wait for its turn before it is shown plain, in milliseconds. Default: 1,000. */
  readonly waitMs?: number;
}

// What one scope may have waiting: a page of many differences asks for its files one after the other.
const waitingMax = 16;

// In characters: some 60 MB with the objects around them.
const keptMax = 4 * 1024 * 1024;

/** Makes the highlighters. Their thread starts with the first source and keeps no process alive. */
export function createHighlighters(options: HighlighterOptions = {}): Highlighters {
  const { lengthMax = 256 * 1024, timeoutMs = 500, waitMs = 1_000 } = options;
  const kept = createRecent<string, { readonly lines: readonly CodeLine[]; readonly length: number }>(
    keptMax,
    ({ length }) => length + 1,
  );
  let worker: Promise<Worker | undefined> | undefined;
  const queue = createFairQueue(waitingMax);

  /** Asks the thread, which works on one source at a time; `undefined` where it was lost on it. */
  const ask = async (request: HighlightRequest): Promise<CodeLine[] | undefined> => {
    worker ??= startWorker();
    const asked = await worker;
    if (asked === undefined) {
      worker = undefined;
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<CodeLine[] | undefined>();
    const timer = setTimeout(resolve, timeoutMs, undefined);
    asked.once("message", resolve);
    asked.once("exit", () => resolve(undefined));
    asked.postMessage(request);
    const lines = await promise;
    clearTimeout(timer);
    asked.removeAllListeners("message").removeAllListeners("exit");
    if (lines === undefined) {
      worker = undefined;
      void asked.terminate();
    }
    return lines;
  };

  return {
    of: (scope) => ({
      async lines(path, hash, source) {
        const plain = () => withoutLastEnd(plainLines(source));
        const language = codeLanguageOf(path);
        if (language === undefined || source.length > lengthMax) return plain();
        const key = `${language}:${hash}`;
        const known = kept.get(key);
        if (known !== undefined) return known.lines;
        const turn = await queue.turn(scope, waitMs);
        // Plain for now: the next who asks may find the thread free.
        if (turn === undefined) return plain();
        try {
          const lines = withoutLastEnd((await ask({ source: withPlainEnds(source), language })) ?? plainLines(source));
          kept.set(key, { lines, length: source.length });
          return lines;
        } finally {
          turn.end();
        }
      },
    }),
  };
}

/** Starts a thread, and gives it once it can work: the time that a source may take begins then. */
async function startWorker(): Promise<Worker | undefined> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  worker.unref();
  const { promise, resolve } = Promise.withResolvers<Worker | undefined>();
  // Running out of memory ends the thread, and is told as an error before.
  worker.on("error", () => resolve(undefined));
  worker.once("message", () => resolve(worker));
  return promise;
}
