// Server-sent events: encoded, kept alive, and ended when whoever listens may not see them any more.
import { Fault } from "../errors.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { StreamEvent } from "./route.ts";

// Proxies commonly hang up after a minute of silence.
const beatMs = 15_000;

// A browser holds six connections to a server; somebody with a few pages open in two of them stays below.
const streamsMax = 12;

/** Counts the streams that each viewer has open: every one costs a look at the store now and then. */
export class OpenStreams {
  readonly #open = new Map<number, number>();

  /** Counts one in for as long as it lasts. */
  async *count<T>(viewerId: number, pieces: AsyncIterable<T>): AsyncGenerator<T> {
    this.#open.set(viewerId, (this.#open.get(viewerId) ?? 0) + 1);
    try {
      yield* pieces;
    } finally {
      const left = (this.#open.get(viewerId) ?? 1) - 1;
      if (left > 0) this.#open.set(viewerId, left);
      else this.#open.delete(viewerId);
    }
  }

  /** Throws `Fault` `too-many-requests` where a viewer has as many open as they may. */
  makeRoom(viewerId: number): void {
    if ((this.#open.get(viewerId) ?? 0) >= streamsMax) {
      throw new Fault("too-many-requests", `You have ${streamsMax} pages open that show what is under way`, {
        remedy: "Close some of them",
      });
    }
  }
}

interface StreamOptions {
  readonly signal: AbortSignal;
  /** Asked once in every beat, whatever else comes. Where it says no, or throws, the stream ends. */
  readonly isWelcome: () => Promise<boolean>;
}

/** The answer that sends events as they come. */
export function eventStream(events: AsyncIterable<StreamEvent>, options: StreamOptions): HttpAnswer {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
    body: encoded(events, options),
  };
}

async function* encoded(events: AsyncIterable<StreamEvent>, { signal, isWelcome }: StreamOptions) {
  const source = events[Symbol.asyncIterator]();
  const gone = new Promise<"gone">((resolve) =>
    signal.addEventListener("abort", () => resolve("gone"), { once: true }),
  );
  try {
    let next = source.next();
    let askAt = performance.now() + beatMs;
    while (!signal.aborted) {
      const beat = Promise.withResolvers<"beat">();
      const timer = setTimeout(() => beat.resolve("beat"), Math.max(0, askAt - performance.now()));
      const came = await Promise.race([next, beat.promise, gone]);
      clearTimeout(timer);
      if (came === "gone") return;
      if (performance.now() >= askAt) {
        if (!(await isWelcome().catch(() => false))) return;
        askAt = performance.now() + beatMs;
      }
      if (came === "beat") {
        yield ": still here\n\n";
        continue;
      }
      if (came.done) return;
      yield `event: ${came.value.event}\ndata: ${JSON.stringify(came.value.data)}\n\n`;
      next = source.next();
    }
  } finally {
    // Not waited for: a source that is in the middle of something ends when that does.
    void source.return?.();
  }
}
