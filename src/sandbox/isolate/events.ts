// DOMException, Event, EventTarget, AbortController and AbortSignal, as far as one realm without a document needs them: no
// tree of targets, so no capture and no bubbling. Runs inside the isolate.

interface Registration {
  readonly type: string;
  readonly listener: ((event: unknown) => unknown) | { handleEvent(event: unknown): unknown };
  readonly once: boolean;
}

/** Puts the classes into the isolate's globals. Its text is put into the isolate, so it uses nothing from around it. */
export function installEvents(): void {
  const legacyCodes: Record<string, number> = {
    InvalidCharacterError: 5,
    TypeMismatchError: 17,
    AbortError: 20,
    QuotaExceededError: 22,
    TimeoutError: 23,
    DataCloneError: 25,
  };

  class DOMException extends Error {
    constructor(message: unknown = "", name: unknown = "Error") {
      super(`${message}`);
      Object.defineProperty(this, "name", { value: `${name}`, configurable: true, writable: true });
    }
    get code(): number {
      return legacyCodes[this.name] ?? 0;
    }
  }

  let dispatch: (event: Event, target: EventTarget | null) => void;
  let isStopped: (event: Event) => boolean;

  class Event {
    readonly type: string;
    readonly cancelable: boolean;
    readonly timeStamp = performance.now();
    #target: EventTarget | null = null;
    #stopped = false;
    #prevented = false;
    static {
      dispatch = (event, target) => {
        event.#target = target;
      };
      isStopped = (event) => event.#stopped;
    }
    constructor(type: unknown, options: { cancelable?: boolean } = {}) {
      this.type = `${type}`;
      this.cancelable = Boolean(options.cancelable);
    }
    get target(): EventTarget | null {
      return this.#target;
    }
    get currentTarget(): EventTarget | null {
      return this.#target;
    }
    get defaultPrevented(): boolean {
      return this.#prevented;
    }
    preventDefault(): void {
      if (this.cancelable) this.#prevented = true;
    }
    stopPropagation(): void {}
    stopImmediatePropagation(): void {
      this.#stopped = true;
    }
  }

  class CustomEvent extends Event {
    readonly detail: unknown;
    constructor(type: unknown, options: { cancelable?: boolean; detail?: unknown } = {}) {
      super(type, options);
      this.detail = options.detail ?? null;
    }
  }

  class EventTarget {
    #listeners: Registration[] = [];

    addEventListener(
      type: unknown,
      listener: Registration["listener"] | null,
      options: boolean | { once?: boolean; signal?: AbortSignal } = {},
    ): void {
      const { once = false, signal } = typeof options === "object" ? options : {};
      if (listener === null || listener === undefined || signal?.aborted) return;
      if (this.#listeners.some((known) => known.type === `${type}` && known.listener === listener)) return;
      this.#listeners = [...this.#listeners, { type: `${type}`, listener, once: Boolean(once) }];
      signal?.addEventListener("abort", () => this.removeEventListener(type, listener), { once: true });
    }
    removeEventListener(type: unknown, listener: Registration["listener"] | null): void {
      this.#listeners = this.#listeners.filter((known) => known.type !== `${type}` || known.listener !== listener);
    }
    dispatchEvent(event: Event): boolean {
      dispatch(event, this);
      for (const known of this.#listeners) {
        if (known.type !== event.type || !this.#listeners.includes(known)) continue;
        if (known.once) this.removeEventListener(known.type, known.listener);
        try {
          if (typeof known.listener === "function") known.listener.call(this, event);
          else known.listener.handleEvent(event);
        } catch (error) {
          // As everywhere else: one listener's fault does not keep the others from being called, and is not lost.
          queueMicrotask(() => {
            throw error;
          });
        }
        if (isStopped(event)) break;
      }
      return !event.defaultPrevented;
    }
  }

  const permit = {};
  let abort: (signal: AbortSignal, reason: unknown) => void;

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason: unknown;
    onabort: ((event: Event) => unknown) | null = null;
    static {
      abort = (signal, reason) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason ?? new DOMException("This operation was aborted", "AbortError");
        const event = new Event("abort");
        signal.onabort?.(event);
        signal.dispatchEvent(event);
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
    static timeout(delayMs: number): AbortSignal {
      const signal = new AbortSignal(permit);
      setTimeout(() => abort(signal, new DOMException("The operation timed out", "TimeoutError")), delayMs);
      return signal;
    }
    static any(signals: Iterable<AbortSignal>): AbortSignal {
      const signal = new AbortSignal(permit);
      for (const source of signals) {
        if (source.aborted) abort(signal, source.reason);
        else source.addEventListener("abort", () => abort(signal, source.reason), { once: true });
      }
      return signal;
    }
    get aborted(): boolean {
      return this.#aborted;
    }
    get reason(): unknown {
      return this.#reason;
    }
    throwIfAborted(): void {
      if (this.#aborted) throw this.#reason;
    }
  }

  class AbortController {
    readonly signal = new AbortSignal(permit);
    abort(reason?: unknown): void {
      abort(this.signal, reason);
    }
  }

  const classes = { DOMException, Event, CustomEvent, EventTarget, AbortSignal, AbortController };
  for (const [name, value] of Object.entries(classes)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
