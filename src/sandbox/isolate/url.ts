// URL and URLSearchParams. Node's own parser does the work outside the isolate; what is here is only their shape. Runs inside
// the isolate.
import type { IsolateHost, UrlParts } from "./host.ts";

type Pair = [string, string];

/** Puts both classes into the isolate's globals. Its text is put into the isolate, so it uses nothing from around it. */
export function installUrl(host: IsolateHost): void {
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

  for (const [name, value] of Object.entries({ URL, URLSearchParams })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
