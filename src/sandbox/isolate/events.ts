// Event, CustomEvent and EventTarget, as far as one realm without a document needs them: no tree of targets, so nothing
// captures or bubbles. Runs inside the isolate.

type Listener = ((event: unknown) => unknown) | { handleEvent(event: unknown): unknown };

interface Registration {
  readonly type: string;
  readonly listener: Listener;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  isRemoved: boolean;
}

interface ListenerOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: AbortSignal;
}

interface EventOptions {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
}

/**
 * Puts the classes into the isolate's globals and gives what makes an event that counts as the runtime's own. Its text is
 * put into the isolate, so it uses nothing from around it.
 */
export function installEvents(): (type: string) => Event {
  const trust = {};

  function optionsOf(options: unknown): object {
    if (options === undefined || options === null) return {};
    if (typeof options !== "object" && typeof options !== "function") {
      throw new TypeError("The options must be an object");
    }
    return options;
  }

  let begin: (event: Event, target: EventTarget) => void;
  let end: (event: Event) => void;
  let call: (event: Event, target: EventTarget, known: Registration) => void;
  let isStopped: (event: Event) => boolean;

  class Event {
    static readonly NONE = 0;
    static readonly CAPTURING_PHASE = 1;
    static readonly AT_TARGET = 2;
    static readonly BUBBLING_PHASE = 3;
    #type: string;
    #bubbles: boolean;
    #cancelable: boolean;
    #composed: boolean;
    #timeStamp = performance.now();
    #target: EventTarget | null = null;
    #isDispatched = false;
    #isPassive = false;
    #stopped = false;
    #stoppedAtOnce = false;
    #prevented = false;
    readonly isTrusted!: boolean;
    static {
      begin = (event, target) => {
        if (event.#isDispatched) throw new DOMException("The event is being dispatched already", "InvalidStateError");
        event.#isDispatched = true;
        event.#target = target;
      };
      call = (event, target, { passive, listener }) => {
        event.#isPassive = passive;
        try {
          if (typeof listener === "function") listener.call(target, event);
          else listener.handleEvent(event);
        } catch (error) {
          // As everywhere else: one listener's fault does not keep the others from being called, and is not lost.
          queueMicrotask(() => {
            throw error;
          });
        }
        event.#isPassive = false;
      };
      end = (event) => {
        event.#isDispatched = event.#stopped = event.#stoppedAtOnce = false;
      };
      isStopped = (event) => event.#stoppedAtOnce;
    }
    constructor(...given: [type?: unknown, options?: unknown, trust?: unknown]) {
      if (given.length === 0) throw new TypeError("An Event needs a type");
      const { bubbles, cancelable, composed }: EventOptions = optionsOf(given[1]);
      this.#type = `${given[0]}`;
      this.#bubbles = Boolean(bubbles);
      this.#cancelable = Boolean(cancelable);
      this.#composed = Boolean(composed);
      const isTrusted = given[2] === trust;
      Object.defineProperty(this, "isTrusted", { get: () => isTrusted, enumerable: true });
    }
    get type(): string {
      return this.#type;
    }
    get bubbles(): boolean {
      return this.#bubbles;
    }
    get cancelable(): boolean {
      return this.#cancelable;
    }
    get composed(): boolean {
      return this.#composed;
    }
    get timeStamp(): number {
      return this.#timeStamp;
    }
    get target(): EventTarget | null {
      return this.#target;
    }
    get srcElement(): EventTarget | null {
      return this.#target;
    }
    get currentTarget(): EventTarget | null {
      return this.#isDispatched ? this.#target : null;
    }
    get eventPhase(): number {
      return this.#isDispatched ? Event.AT_TARGET : Event.NONE;
    }
    get defaultPrevented(): boolean {
      return this.#prevented;
    }
    get returnValue(): boolean {
      return !this.#prevented;
    }
    get cancelBubble(): boolean {
      return this.#stopped;
    }
    set cancelBubble(value) {
      if (value) this.#stopped = true;
    }
    composedPath(): EventTarget[] {
      return this.#isDispatched && this.#target !== null ? [this.#target] : [];
    }
    preventDefault(): void {
      if (this.#cancelable && !this.#isPassive) this.#prevented = true;
    }
    stopPropagation(): void {
      this.#stopped = true;
    }
    stopImmediatePropagation(): void {
      this.#stopped = this.#stoppedAtOnce = true;
    }
    get [Symbol.toStringTag](): string {
      return "Event";
    }
  }

  class CustomEvent extends Event {
    #detail: unknown;
    constructor(...given: [type?: unknown, options?: unknown]) {
      if (given.length === 0) throw new TypeError("A CustomEvent needs a type");
      super(given[0], given[1]);
      const { detail = null }: { detail?: unknown } = optionsOf(given[1]);
      this.#detail = detail;
    }
    get detail(): unknown {
      return this.#detail;
    }
    override get [Symbol.toStringTag](): string {
      return "CustomEvent";
    }
  }

  function isListener(listener: unknown): listener is Listener {
    if (listener === null || listener === undefined) return false;
    if (typeof listener === "function" || typeof listener === "object") return true;
    throw new TypeError("A listener must be a function or an object with a method handleEvent");
  }

  function listenerOptions(options: unknown): ListenerOptions {
    return typeof options === "object" && options !== null ? options : { capture: Boolean(options) };
  }

  class EventTarget {
    #listeners: Registration[] = [];

    addEventListener(...given: [type?: unknown, listener?: unknown, options?: unknown]): void {
      if (given.length < 2) throw new TypeError("addEventListener needs a type and a listener");
      const [type, listener] = [`${given[0]}`, given[1]];
      const { capture = false, once = false, passive = false, signal } = listenerOptions(given[2]);
      if (!isListener(listener) || signal?.aborted) return;
      if (this.#find(type, listener, Boolean(capture)) !== undefined) return;
      const flags = { capture: Boolean(capture), once: Boolean(once), passive: Boolean(passive) };
      this.#listeners.push({ type, listener, ...flags, isRemoved: false });
      signal?.addEventListener("abort", () => this.removeEventListener(type, listener, capture), { once: true });
    }
    removeEventListener(...given: [type?: unknown, listener?: unknown, options?: unknown]): void {
      if (given.length < 2) throw new TypeError("removeEventListener needs a type and a listener");
      const { capture = false } = listenerOptions(given[2]);
      this.#remove(this.#find(`${given[0]}`, given[1], Boolean(capture)));
    }
    dispatchEvent(event: Event): boolean {
      if (!(event instanceof Event)) throw new TypeError("dispatchEvent takes an Event");
      begin(event, this);
      // Listeners that are added meanwhile wait for the next event; removed ones are called no more.
      for (const known of [...this.#listeners]) {
        if (known.type !== event.type || known.isRemoved) continue;
        if (known.once) this.#remove(known);
        call(event, this, known);
        if (isStopped(event)) break;
      }
      end(event);
      return !event.defaultPrevented;
    }
    #find(type: string, listener: unknown, capture: boolean): Registration | undefined {
      return this.#listeners.find(
        (known) => known.type === type && known.listener === listener && known.capture === capture,
      );
    }
    #remove(known: Registration | undefined): void {
      if (known === undefined) return;
      known.isRemoved = true;
      this.#listeners = this.#listeners.filter((each) => each !== known);
    }
    get [Symbol.toStringTag](): string {
      return "EventTarget";
    }
  }

  for (const [name, value] of Object.entries({ Event, CustomEvent, EventTarget })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  return (type) => new Event(type, undefined, trust) as unknown as globalThis.Event;
}
