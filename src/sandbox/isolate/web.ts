// The web's small tools that V8 alone does not bring: URL, TextEncoder and TextDecoder, atob and btoa, structuredClone,
// crypto's randomness, performance.now. The work is done by Node's own implementations outside the isolate; what is here is
// only their shape. Runs inside the isolate. No network, no streams, no crypto.subtle.
import type { IsolateHost, UrlParts } from "./host.ts";

type Pair = [string, string];

/** Puts the tools into the isolate's globals. Its text is put into the isolate, so it uses nothing from around it. */
export function installWebTools(host: IsolateHost): void {
  const { DOMException } = globalThis;

  class URLSearchParams {
    #pairs: Pair[];
    #changed: (() => void) | undefined;

    constructor(init: unknown = "", changed?: () => void) {
      this.#changed = typeof changed === "function" ? changed : undefined;
      if (typeof init === "object" && init !== null) {
        const given: Iterable<unknown> = Symbol.iterator in init ? (init as Iterable<unknown>) : Object.entries(init);
        this.#pairs = Array.from(given, (pair) => {
          const [name, value, ...rest] = pair as Iterable<unknown>;
          if (value === undefined || rest.length > 0)
            throw new TypeError("Each query pair must be an iterable [name, value]");
          return [`${name}`, `${value}`];
        });
      } else {
        this.#pairs = host.parseQuery(`${init}`) as Pair[];
      }
    }

    get size(): number {
      return this.#pairs.length;
    }
    #write(pairs: Pair[]): void {
      this.#pairs = pairs;
      this.#changed?.();
    }
    append(name: unknown, value: unknown): void {
      this.#write([...this.#pairs, [`${name}`, `${value}`]]);
    }
    delete(name: unknown, value?: unknown): void {
      this.#write(
        this.#pairs.filter((pair) => pair[0] !== `${name}` || (value !== undefined && pair[1] !== `${value}`)),
      );
    }
    get(name: unknown): string | null {
      return this.#pairs.find((pair) => pair[0] === `${name}`)?.[1] ?? null;
    }
    getAll(name: unknown): string[] {
      return this.#pairs.filter((pair) => pair[0] === `${name}`).map((pair) => pair[1]);
    }
    has(name: unknown, value?: unknown): boolean {
      return this.#pairs.some((pair) => pair[0] === `${name}` && (value === undefined || pair[1] === `${value}`));
    }
    set(name: unknown, value: unknown): void {
      const at = this.#pairs.findIndex((pair) => pair[0] === `${name}`);
      if (at === -1) this.append(name, value);
      else {
        const pairs = this.#pairs.filter((pair, index) => index <= at || pair[0] !== `${name}`);
        pairs[at] = [`${name}`, `${value}`];
        this.#write(pairs);
      }
    }
    sort(): void {
      this.#write(this.#pairs.toSorted((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0)));
    }
    forEach(callback: (value: string, name: string, all: URLSearchParams) => void, self?: unknown): void {
      for (const [name, value] of this.#pairs) callback.call(self, value, name, this);
    }
    *entries(): Generator<Pair> {
      for (const [name, value] of this.#pairs) yield [name, value];
    }
    *keys(): Generator<string> {
      for (const pair of this.#pairs) yield pair[0];
    }
    *values(): Generator<string> {
      for (const pair of this.#pairs) yield pair[1];
    }
    [Symbol.iterator](): Generator<Pair> {
      return this.entries();
    }
    toString(): string {
      return host.formatQuery(this.#pairs);
    }
    get [Symbol.toStringTag](): string {
      return "URLSearchParams";
    }
  }

  const partNames = [
    "href",
    "origin",
    "protocol",
    "username",
    "password",
    "host",
    "hostname",
    "port",
    "pathname",
    "search",
    "hash",
  ];

  class URL {
    #parts: UrlParts;
    #searchParams: URLSearchParams | undefined;

    constructor(url: unknown, base?: unknown) {
      const parts = host.parseUrl(`${url}`, base === undefined ? undefined : `${base}`);
      if (parts === null) {
        throw Object.assign(new TypeError(`Invalid URL: "${url}"`), { code: "ERR_INVALID_URL", input: `${url}` });
      }
      this.#parts = parts;
    }
    static canParse(url: unknown, base?: unknown): boolean {
      return host.parseUrl(`${url}`, base === undefined ? undefined : `${base}`) !== null;
    }
    static parse(url: unknown, base?: unknown): URL | null {
      return URL.canParse(url, base) ? new URL(url, base) : null;
    }
    static part(url: URL, index: number): string | undefined {
      return url.#parts[index];
    }
    static change(url: URL, property: string, value: string): void {
      const parts = host.changeUrl(url.#parts[0] ?? "", property, value);
      if (parts === null) throw new TypeError(`Invalid URL: "${value}"`);
      url.#parts = parts;
      if (property !== "hash") url.#searchParams = undefined;
    }
    get searchParams(): URLSearchParams {
      if (this.#searchParams === undefined) {
        const params: URLSearchParams = new URLSearchParams(this.#parts[9] ?? "", () => {
          const kept = this.#searchParams;
          change(this, "search", params.toString());
          this.#searchParams = kept;
        });
        this.#searchParams = params;
      }
      return this.#searchParams;
    }
    toString(): string {
      return this.#parts[0] ?? "";
    }
    toJSON(): string {
      return this.toString();
    }
    get [Symbol.toStringTag](): string {
      return "URL";
    }
  }

  const { part, change } = URL;
  for (const [index, name] of partNames.entries()) {
    Object.defineProperty(URL.prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: URL) {
        return part(this, index);
      },
      ...(name === "origin"
        ? {}
        : {
            set: function set(this: URL, value: unknown) {
              change(this, name, `${value}`);
            },
          }),
    });
  }
  Reflect.deleteProperty(URL, "part");
  Reflect.deleteProperty(URL, "change");

  function bytesOf(input: unknown): Uint8Array {
    if (ArrayBuffer.isView(input)) {
      return new Uint8Array(input.buffer.slice(input.byteOffset, input.byteOffset + input.byteLength));
    }
    if (input instanceof ArrayBuffer) return new Uint8Array(input.slice(0));
    throw new TypeError("The bytes must be an ArrayBuffer or a view of one");
  }

  class TextEncoder {
    get encoding(): string {
      return "utf-8";
    }
    encode(text: unknown = ""): Uint8Array {
      return host.encodeText(`${text}`);
    }
    encodeInto(text: unknown, target: Uint8Array): { read: number; written: number } {
      let read = 0;
      let written = 0;
      for (const character of `${text}`) {
        const bytes = host.encodeText(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += character.length;
      }
      return { read, written };
    }
  }

  let decoderLast = 0;
  class TextDecoder {
    #label: string;
    #flags: string;
    #state = 0;
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;

    constructor(label: unknown = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      this.#label = `${label}`;
      this.fatal = Boolean(options.fatal);
      this.ignoreBOM = Boolean(options.ignoreBOM);
      this.#flags = `${this.fatal ? "fatal " : ""}${this.ignoreBOM ? "ignoreBOM" : ""}`;
      // Says at once that a label is unknown, as the standard has it.
      host.decodeText(new Uint8Array(0), this.#label, this.#flags, 0, true);
    }
    get encoding(): string {
      return this.#label.toLowerCase() === "utf8" ? "utf-8" : this.#label.toLowerCase();
    }
    decode(input?: unknown, options: { stream?: boolean } = {}): string {
      const isLast = !options.stream;
      if (!isLast && this.#state === 0) {
        decoderLast += 1;
        this.#state = decoderLast;
      }
      const state = this.#state;
      if (isLast) this.#state = 0;
      const bytes = input === undefined ? new Uint8Array(0) : bytesOf(input);
      return host.decodeText(bytes, this.#label, this.#flags, state, isLast);
    }
  }

  function base64(convert: (text: string) => string | null, text: unknown): string {
    const converted = convert(`${text}`);
    if (converted === null)
      throw new DOMException("The string contains characters that do not belong there", "InvalidCharacterError");
    return converted;
  }

  const crypto = {
    randomUUID: () => host.randomUuid(),
    getRandomValues: <View extends ArrayBufferView>(view: View): View => {
      if (
        !ArrayBuffer.isView(view) ||
        view instanceof Float32Array ||
        view instanceof Float64Array ||
        view instanceof DataView
      ) {
        throw new DOMException("The argument must be an integer typed array", "TypeMismatchError");
      }
      if (view.byteLength > 65_536) throw new DOMException("At most 65536 bytes at a time", "QuotaExceededError");
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(host.randomBytes(view.byteLength));
      return view;
    },
  };

  function structuredClone(value: unknown, options: { transfer?: Iterable<ArrayBuffer> } = {}): unknown {
    let copy: unknown;
    try {
      copy = host.clone(value);
    } catch (error) {
      throw new DOMException(error instanceof Error ? error.message : String(error), "DataCloneError");
    }
    for (const buffer of options.transfer ?? []) buffer.transfer();
    return copy;
  }

  const tools = {
    URL,
    URLSearchParams,
    TextEncoder,
    TextDecoder,
    atob: (text: unknown) => base64(host.decodeBase64, text),
    btoa: (text: unknown) => base64(host.encodeBase64, text),
    crypto: Object.freeze(crypto),
    performance: Object.freeze({ now: () => host.now() }),
    structuredClone,
  };
  for (const [name, value] of Object.entries(tools)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
