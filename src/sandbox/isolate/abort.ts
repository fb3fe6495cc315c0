// AbortController and AbortSignal, on top of events.ts. Runs inside the isolate.

/** Puts the classes into the isolate's globals. Its text is put into the isolate, so it uses nothing from around it. */
export function installAbort(makeEvent: (type: string) => Event): void {
  const permit = {};
  let abort: (signal: AbortSignal, reason: unknown) => void;

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason: unknown;
    #handler: unknown = null;
    #isHandling = false;
    static {
      abort = (signal, reason) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
        signal.dispatchEvent(makeEvent("abort"));
      };
    }
    constructor(given?: unknown) {
      if (given !== permit) throw new TypeError("Illegal constructor: make an AbortController and take its signal");
      super();
    }
    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal(permit);
      abort(signal, reason);
      return signal;
    }
    static timeout(...given: [delayMs?: unknown]): AbortSignal {
      const [delayMs] = given;
      if (typeof delayMs !== "number") throw new TypeError("The delay must be a number of milliseconds");
      if (!(delayMs >= 0 && delayMs < 2 ** 32)) throw new RangeError("The delay must be from 0 to 4294967295 ms");
      const signal = new AbortSignal(permit);
      const reason = () => new DOMException("The operation was aborted due to timeout", "TimeoutError");
      setTimeout(() => abort(signal, reason()), delayMs);
      return signal;
    }
    static any(...given: [signals?: unknown]): AbortSignal {
      const sources = [...(given[0] as Iterable<unknown>)].map((source) => {
        if (!(source instanceof AbortSignal)) throw new TypeError("AbortSignal.any takes AbortSignals");
        return source;
      });
      const signal = new AbortSignal(permit);
      const first = sources.find((source) => source.aborted);
      if (first !== undefined) abort(signal, first.reason);
      else {
        for (const source of sources) {
          source.addEventListener("abort", () => abort(signal, source.reason), { once: true });
        }
      }
      return signal;
    }
    get aborted(): boolean {
      return this.#aborted;
    }
    get reason(): unknown {
      return this.#reason;
    }
    // Its place among the listeners is where it was first set.
    get onabort(): unknown {
      return this.#handler;
    }
    set onabort(handler: unknown) {
      this.#handler = typeof handler === "function" || typeof handler === "object" ? handler : null;
      if (this.#isHandling) return;
      this.#isHandling = true;
      this.addEventListener("abort", (event) => {
        if (typeof this.#handler === "function") this.#handler.call(this, event);
      });
    }
    throwIfAborted(): void {
      if (this.#aborted) throw this.#reason;
    }
    get [Symbol.toStringTag](): string {
      return "AbortSignal";
    }
  }

  class AbortController {
    #signal = new AbortSignal(permit);
    get signal(): AbortSignal {
      return this.#signal;
    }
    abort(reason?: unknown): void {
      abort(this.#signal, reason);
    }
    get [Symbol.toStringTag](): string {
      return "AbortController";
    }
  }

  for (const [name, value] of Object.entries({ AbortSignal, AbortController })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
