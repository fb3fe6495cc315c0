// Why a workflow has not what other runtimes have, in the words of the error that reaches a person.

// What other runtimes have and a workflow has not, with the reason. The names are left undefined, so that a library's
// `typeof process` still tells it the truth; only the error that reaches a person is worded anew.
const refusedGlobals: Readonly<Record<string, string>> = {
  fetch: "it has no network",
  XMLHttpRequest: "it has no network",
  WebSocket: "it has no network",
  EventSource: "it has no network",
  process: "it has no process and no environment; pass what it needs as input",
  require: "modules are imported with import",
  module: "modules export with export",
  exports: "modules export with export",
  Buffer: "use Uint8Array, TextEncoder and TextDecoder",
  global: "use globalThis",
  window: "use globalThis",
  document: "it has no page",
  localStorage: "nothing outlives a run",
  Worker: "a run has one thread",
  WebAssembly: "its memory would count against no limit",
  SharedArrayBuffer: "a run has one thread",
  "crypto.subtle": "of crypto there are randomUUID and getRandomValues",
  "import.meta.resolve": "where a specifier leads is known when it is imported, with import()",
  "import.meta.dirname": "a module of a layer lies in no folder of a disk; use import.meta.url",
  "import.meta.filename": "a module of a layer lies in no folder of a disk; use import.meta.url",
  Atomics: "a run has one thread",
  __dirname: "use import.meta.url",
  __filename: "use import.meta.url",
};

// V8's words for the use of what is not there: a name of its own, a global by way of globalThis, something to be called.
const missing = /(?:ReferenceError|TypeError): (?:globalThis\.)?([\w.]+) is not (?:defined|a function|a constructor)/g;
const readOfNothing = /^TypeError: Cannot read properties of undefined \(reading '\w+'\)$/;

/**
 * Puts the reason to V8's "fetch is not defined". `before` is what stands before the fault on its line: where a property of
 * nothing was read, only the source says of what.
 */
export function explained(message: string, before: string): string {
  const told = authorsNames(message).replace(missing, (whole, name: string) => refusal(name) ?? whole);
  if (!readOfNothing.test(told)) return told;
  // Nothing else: the reader of a property of any other name has a variable of that name.
  const [, name = ""] =
    /(?:globalThis\.|(?<![.\w$])(?=(?:import\.meta|crypto)\.))([\w.]*\w) *\??\. *$/.exec(authorsNames(before)) ?? [];
  return refusal(name) ?? told;
}

/** The name that a message of `explained` says is not available. */
export function refusedName(message: string): string | undefined {
  return /([\w.]+) is not available in a workflow: /.exec(message)?.[1];
}

function refusal(name: string): string | undefined {
  const reason = Object.hasOwn(refusedGlobals, name) ? refusedGlobals[name] : undefined;
  return reason === undefined ? undefined : `${name} is not available in a workflow: ${reason}`;
}

/** Undoes what prepare.ts does to `import()` and `import.meta`: its names are these unless the source has them already. */
function authorsNames(text: string): string {
  return text.replace(/\$____0(?![\w$])/g, "import").replace(/\$____1(?![\w$]) */g, "import.meta");
}
