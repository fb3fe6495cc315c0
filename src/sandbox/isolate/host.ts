// What code inside an isolate may ask of the process around it: plain functions over strings, numbers and bytes. Types
// only. Each function is called with whatever hostile code managed to pass, so the other side checks every argument.

/** Parts of a URL: href, origin, protocol, username, password, host, hostname, port, pathname, search, hash. */
export type UrlParts = readonly string[];

export interface IsolateHost {
  log(level: string, message: string): void;
  startTimer(id: number, delayMs: number, kind: TimerKind): void;
  stopTimer(id: number): void;
  /** `isJson`: the import() says that the module is JSON. */
  importModule(request: number, specifier: string, importer: string, isJson: boolean): void;
  /** An `import()` got its module. */
  imported(request: number): void;
  /** Ends the run with the JSON of its result. */
  finish(result: string): void;
  /** Ends the run with what was thrown. `kind` says how the rest is to be read. */
  fail(kind: FailureKind, name: string, message: string, stack: string): void;
  /** Milliseconds since the run began. */
  now(): number;
  /** The value, serialised on the way out and again on the way back: a structured clone. */
  clone(value: unknown): unknown;
  parseUrl(url: string, base: string | undefined): UrlParts | null;
  changeUrl(url: string, property: string, value: string): UrlParts | null;
  parseQuery(text: string): string[][];
  formatQuery(pairs: readonly (readonly string[])[]): string;
  encodeText(text: string): Uint8Array;
  /** The name of the encoding that a label stands for. Throws where there is none. */
  encodingOf(label: string): string;
  /** `state` is 0 for bytes that stand alone, otherwise the number of the decoder that a stream goes through. */
  decodeText(bytes: Uint8Array, label: string, flags: string, state: number, isLast: boolean): string;
  encodeBase64(text: string): string | null;
  decodeBase64(text: string): string | null;
  randomBytes(count: number): Uint8Array;
  randomUuid(): string;
  /** Code words its stacks itself from now on, and so sees the frames of ours. */
  stacksTaken(): void;
}

export type TimerKind = "timeout" | "interval" | "immediate";

/** An Error was thrown, another value was thrown, there is no default export to call, or the result is not JSON. */
export type FailureKind = "error" | "value" | "no-default" | "not-json";

/** The order in which the host's functions are handed over: an isolate takes functions only one by one. */
export const hostFunctions = [
  "log",
  "startTimer",
  "stopTimer",
  "importModule",
  "imported",
  "finish",
  "fail",
  "now",
  "clone",
  "parseUrl",
  "changeUrl",
  "parseQuery",
  "formatQuery",
  "encodeText",
  "encodingOf",
  "decodeText",
  "encodeBase64",
  "decodeBase64",
  "randomBytes",
  "randomUuid",
  "stacksTaken",
] as const satisfies readonly (keyof IsolateHost)[];
