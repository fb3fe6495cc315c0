// URL and URLSearchParams. Node's own parser does the work outside the isolate; what is here is only their shape. Runs inside
// the isolate.
import type { IsolateHost, UrlParts } from "./host.ts";

type Pair = [string, string];

/** Puts both classes into the isolate's globals. Its text is put into the isolate, so it uses nothing from around it. */
export function installUrl(host: IsolateHost): void {
  let replacePairs: (params: URLSearchParams, pairs: Pair[]) => void;
  let follow: (params: URLSearchParams, changed: () => void) => void;

  function pairOf(given: unknown): Pair {
    if ((typeof given !== "object" && typeof given !== "function") || given === null) {
      throw new TypeError("Each query pair must be an iterable [name, value]");
    }
    const pair = [...(given as Iterable<unknown>)];
    if (pair.length !== 2) throw new TypeError("Each query pair must be an iterable [name, value]");
    return [`${pair[0]}`, `${pair[1]}`];
  }

  /** The standard's own check: it counts what was given and not what is undefined. */
  function need(given: readonly unknown[], count: number, what: string): void {
    if (given.length < count) throw new TypeError(`${what} needs ${count === 1 ? "an argument" : "two arguments"}`);
  }

  class URLSearchParams {
    #pairs: Pair[];
    #changed: (() => void) | undefined;
    static {
      replacePairs = (params, pairs) => {
        params.#pairs = pairs;
      };
      follow = (params, changed) => {
        params.#changed = changed;
      };
    }

    constructor(init: unknown = "") {
      if ((typeof init === "object" && init !== null) || typeof init === "function") {
        const iterator: unknown = Reflect.get(init, Symbol.iterator);
        if (iterator !== undefined && iterator !== null) this.#pairs = Array.from(init as Iterable<unknown>, pairOf);
        else this.#pairs = Object.entries(init).map(pairOf);
      } else this.#pairs = host.parseQuery(`${init}`) as Pair[];
    }

    get size(): number {
      return this.#pairs.length;
    }
    #write(pairs: Pair[]): void {
      this.#pairs = pairs;
      this.#changed?.();
    }
    append(...given: [name?: unknown, value?: unknown]): void {
      need(given, 2, "append");
      this.#write([...this.#pairs, [`${given[0]}`, `${given[1]}`]]);
    }
    delete(...given: [name?: unknown, value?: unknown]): void {
      need(given, 1, "delete");
      const [name, value] = given;
      this.#write(
        this.#pairs.filter((pair) => pair[0] !== `${name}` || (value !== undefined && pair[1] !== `${value}`)),
      );
    }
    get(...given: [name?: unknown]): string | null {
      need(given, 1, "get");
      const [name] = given;
      return this.#pairs.find((pair) => pair[0] === `${name}`)?.[1] ?? null;
    }
    getAll(...given: [name?: unknown]): string[] {
      need(given, 1, "getAll");
      const [name] = given;
      return this.#pairs.filter((pair) => pair[0] === `${name}`).map((pair) => pair[1]);
    }
    has(...given: [name?: unknown, value?: unknown]): boolean {
      need(given, 1, "has");
      const [name, value] = given;
      return this.#pairs.some((pair) => pair[0] === `${name}` && (value === undefined || pair[1] === `${value}`));
    }
    set(...given: [name?: unknown, value?: unknown]): void {
      need(given, 2, "set");
      const [name, value] = given;
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
      if (typeof callback !== "function") throw new TypeError("forEach needs a function");
      for (const [name, value] of this.entries()) callback.call(self, value, name, this);
    }
    // By position, so that what is deleted or appended meanwhile counts.
    *entries(): Generator<Pair> {
      for (let at = 0; at < this.#pairs.length; at += 1) {
        const [name, value] = this.#pairs[at] as Pair;
        yield [name, value];
      }
    }
    *keys(): Generator<string> {
      for (const pair of this.entries()) yield pair[0];
    }
    *values(): Generator<string> {
      for (const pair of this.entries()) yield pair[1];
    }
    toString(): string {
      return host.formatQuery(this.#pairs);
    }
    get [Symbol.toStringTag](): string {
      return "URLSearchParams";
    }
  }

  Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
    value: URLSearchParams.prototype.entries,
    writable: true,
    configurable: true,
  });

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

  let part: (url: URL, index: number) => string | undefined;
  let change: (url: URL, property: string, value: string) => void;
  let refresh: (url: URL) => void;

  class URL {
    #parts: UrlParts;
    #searchParams: URLSearchParams | undefined;

    constructor(...given: [url?: unknown, base?: unknown]) {
      need(given, 1, "URL");
      const [input, base] = [`${given[0]}`, given[1] === undefined ? undefined : `${given[1]}`];
      const parts = host.parseUrl(input, base);
      if (parts === null) {
        const about = { code: "ERR_INVALID_URL", input, ...(base !== undefined && { base }) };
        throw Object.assign(new TypeError(`Invalid URL: "${input}"`), about);
      }
      this.#parts = parts;
    }
    static canParse(...given: [url?: unknown, base?: unknown]): boolean {
      need(given, 1, "canParse");
      return host.parseUrl(`${given[0]}`, given[1] === undefined ? undefined : `${given[1]}`) !== null;
    }
    static parse(...given: [url?: unknown, base?: unknown]): URL | null {
      return URL.canParse(...given) ? new URL(...given) : null;
    }
    static {
      part = (url, index) => url.#parts[index];
      change = (url, property, value) => {
        const parts = host.changeUrl(url.#parts[0] ?? "", property, value);
        if (parts === null) throw Object.assign(new TypeError(`Invalid URL: "${value}"`), { code: "ERR_INVALID_URL" });
        url.#parts = parts;
      };
      refresh = (url) => {
        if (url.#searchParams) replacePairs(url.#searchParams, host.parseQuery(url.#parts[9] ?? "") as Pair[]);
      };
    }
    get searchParams(): URLSearchParams {
      if (this.#searchParams === undefined) {
        const params = new URLSearchParams(this.#parts[9] ?? "");
        follow(params, () => change(this, "search", params.toString()));
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
              if (name === "search" || name === "href") refresh(this);
            },
          }),
    });
  }
  for (const [target, name, length] of [
    [URL, "length", 1],
    [URL.canParse, "length", 1],
    [URL.parse, "length", 1],
  ] as const) {
    Object.defineProperty(target, name, { value: length, configurable: true });
  }

  for (const [name, value] of Object.entries({ URL, URLSearchParams })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
