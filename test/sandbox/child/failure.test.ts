import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { failureOf, run } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

test("a thrown error is told at its innermost frame, with a stack that names the layers", async () => {
  const failure = failureOf(
    await run(sandbox, {
      "global:shared/halopsa.ts": [
        "interface Ticket { id: number }",
        "export function find(ticket: Ticket | undefined): number {",
        "  return ticket!.id as number;",
        "}",
      ].join("\n"),
      "workflows/main.ts": [
        'import { find } from "../shared/halopsa.ts";',
        "export default (): number => find(undefined as never);",
      ].join("\n"),
    }),
  );
  expect(failure).toMatchObject({
    code: "evaluation-error",
    severity: "error",
    message: "TypeError: Cannot read properties of undefined (reading 'id')",
    scope: "global",
    path: "shared/halopsa.ts",
    line: 3,
    column: 18,
    stack: ["bifrost://global/shared/halopsa.ts:3:18", "bifrost://acme/workflows/main.ts:2:30"],
  });
});

test("columns after erased types and after import() stay the author's", async () => {
  const source =
    "export default async (input: Record<string, Map<string, number>>): Promise<void> => { import('./x').catch(() => {}); (input as never as { f(): void }).f(); };";
  const failure = failureOf(await run(sandbox, source, { input: {} }));
  expect(failure.column).toBe(source.indexOf("f(); };") + 1);
});

test.for(["main.ts", "main.js"])("separators that end a line for V8 alone end none in %s", async (name) => {
  const source = "const text = 'a\u2028b\u2029c'; export default () => { throw new Error(text); };";
  const failing = failureOf(await run(sandbox, { [name]: source }));
  expect(failing).toMatchObject({ line: 1, column: source.indexOf("new Error") + 1 });
  const later = `const text = 'a\u2028b'\n;export default () => {\n  throw text.length, new Error("x"); };`;
  expect(failureOf(await run(sandbox, { [name]: later }))).toMatchObject({ line: 3, column: 22 });
  expect(failureOf(await run(sandbox, { [name]: "const text = 'a\u2029b';\n let let = 1;" }))).toMatchObject({
    code: "syntax-error",
    line: 2,
    column: 6,
  });
});

test("an error after an await keeps its frames", async () => {
  const failure = failureOf(
    await run(
      sandbox,
      "async function inner() {\n  await 0;\n  throw new Error('late');\n}\nexport default async () => {\n  await inner();\n};",
    ),
  );
  expect(failure.stack).toEqual(["bifrost://acme/workflows/main.ts:3:9", "bifrost://acme/workflows/main.ts:6:3"]);
});

test("an error at the top level of a dependency is told at its place", async () => {
  const failure = failureOf(
    await run(sandbox, {
      "global:a.ts": "\n  throw new Error('top');",
      "main.ts": "import './a.ts'; export default () => 1;",
    }),
  );
  expect(failure).toMatchObject({ message: "Error: top", scope: "global", path: "a.ts", line: 2, column: 9 });
});

test("an error after a top-level await that waited for a timer is told at its place", async () => {
  const failure = failureOf(
    await run(sandbox, {
      "a.ts": "await new Promise((resolve) => setTimeout(resolve, 2));\nthrow new Error('top');",
      "main.ts": "import './a.ts'; export default () => 1;",
    }),
  );
  expect(failure).toMatchObject({ message: "Error: top", path: "a.ts", line: 2, column: 7 });
});

test.for([
  ["{ a: 1 }", 'Thrown value: {"a":1}'],
  ["null", "Thrown value: null"],
  ["undefined", "Thrown value: undefined"],
  ['"text"', 'Thrown value: "text"'],
  ["10n", "Thrown value: 10n"],
  ["Symbol('s')", "Thrown value: Symbol(s)"],
  ["new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } })", "Thrown value: [unreadable]"],
  [
    "Object.defineProperty(new Error('x'), 'message', { get() { throw 1; } })",
    "Thrown value: an object that cannot be read",
  ],
])("throw %s is named as %s", async ([value, message]) => {
  const failure = failureOf(await run(sandbox, `export default () => { throw ${value}; };`));
  expect(failure).toMatchObject({ code: "evaluation-error", message, path: "workflows/main.ts" });
});

test.for([
  ["null", "Thrown value: null"],
  ["{ a: 1 }", "Thrown value: an object that is not an Error"],
])("throw %s at the top level is named too", async ([value, message]) => {
  expect(failureOf(await run(sandbox, `throw ${value};`)).message).toBe(message);
});

test("a promise that is rejected and that nobody handles fails the run", async () => {
  const failure = failureOf(
    await run(sandbox, "export default async () => {\n  Promise.reject(new Error('lost'));\n  return 1;\n};"),
  );
  expect(failure).toMatchObject({ code: "evaluation-error", message: "Error: lost", line: 2 });
});

test("an error in a timer fails the run", async () => {
  const failure = failureOf(
    await run(
      sandbox,
      "export default () => new Promise(() => {\n  setTimeout(() => { throw new Error('tick'); }, 1);\n});",
    ),
  );
  expect(failure).toMatchObject({ message: "Error: tick", line: 2, column: 28 });
});

test("an error in a microtask fails the run", async () => {
  const source =
    "export default () => { queueMicrotask(() => { throw new Error('micro'); }); return new Promise(() => {}); };";
  expect(failureOf(await run(sandbox, source)).message).toBe("Error: micro");
});

test("a syntax error is told at its line and column", async () => {
  const files = {
    "broken.js": "const a = 1;\n  const a = 2;",
    "main.ts": "import './broken.js'; export default () => 1;",
  };
  expect(failureOf(await run(sandbox, files))).toMatchObject({
    code: "syntax-error",
    message: "Identifier 'a' has already been declared",
    path: "broken.js",
    line: 2,
    column: 9,
  });
});

test("a syntax error in TypeScript is told at its line and column", async () => {
  expect(failureOf(await run(sandbox, "const a = 1;\n let b: = ;"))).toMatchObject({
    code: "syntax-error",
    line: 2,
    column: 9,
  });
});

test("syntax of TypeScript that cannot be erased is told by its code", async () => {
  expect(failureOf(await run(sandbox, "const a = 1;\nenum Color { Red }"))).toMatchObject({
    code: "unsupported-syntax",
    line: 2,
    column: 1,
  });
});

test("a message is cut after 4 KiB and a stack after 50 frames", async () => {
  const source =
    "const deep = (n) => (n === 0 ? (() => { throw new Error('x'.repeat(100_000)); })() : deep(n - 1));\nexport default () => deep(200);";
  const failure = failureOf(await run(sandbox, source));
  expect(failure.message.length).toBeLessThanOrEqual(4097);
  expect(failure.stack).toHaveLength(50);
});

test("a forged stack cannot point at a file that is not part of the run", async () => {
  const failure = failureOf(
    await run(
      sandbox,
      "export default () => { const e = new Error('x'); e.stack = 'Error: x\\n    at f (bifrost://global/secret.ts:1:1)'; throw e; };",
    ),
  );
  expect(failure).toMatchObject({ scope: "acme", path: "workflows/main.ts", line: null });
  expect(failure.stack).toBeUndefined();
});

test.for(["0:1", "1:0", "2:1", "1:400", "99999999999:7", "1:99999999999999999999"])(
  "a forged stack cannot point at %s, where the file has no text",
  async (place) => {
    const stack = JSON.stringify(`Error: x\n    at f (bifrost://acme/workflows/main.ts:${place})`);
    const source = `export default () => { throw Object.assign(new Error("x"), { stack: ${stack} }); };`;
    const failure = failureOf(await run(sandbox, source));
    expect(failure).toMatchObject({ path: "workflows/main.ts", line: null, column: null });
    expect(failure.stack).toBeUndefined();
  },
);

test.for(["//# sourceURL=webpack://vendor/x.js", "//@\tsourceURL=bifrost://acme/main.js", "//#\u00a0sourceURL= x"])(
  "%s takes no module its place",
  async (comment) => {
    const failure = failureOf(
      await run(sandbox, {
        "vendor.js": `${comment}\nexport const f = () => {\n  throw new Error("//# sourceURL=z");\n};`,
        "main.js": `import { f } from "./vendor.js";\n${comment}\nexport default () => f();\n${comment}`,
      }),
    );
    expect(failure.message).toBe("Error: //# sourceURL=z");
    expect(failure.stack).toEqual(["bifrost://acme/vendor.js:3:9", "bifrost://acme/main.js:3:22"]);
  },
);

test.for([
  ["fetch('https://example.com')", "fetch is not available in a workflow: it has no network"],
  ["globalThis.fetch('https://example.com')", "fetch is not available in a workflow: it has no network"],
  [
    "process.env.SECRET",
    "process is not available in a workflow: it has no process and no environment; pass what it needs as input",
  ],
  ["require('node:fs')", "require is not available in a workflow: modules are imported with import"],
  ["Buffer.from('x')", "Buffer is not available in a workflow: use Uint8Array, TextEncoder and TextDecoder"],
  ["new XMLHttpRequest()", "XMLHttpRequest is not available in a workflow: it has no network"],
  [
    "globalThis.process.env.SECRET",
    "process is not available in a workflow: it has no process and no environment; pass what it needs as input",
  ],
  [
    "crypto.subtle.digest('SHA-256', new Uint8Array())",
    "crypto.subtle is not available in a workflow: of crypto there are randomUUID and getRandomValues",
  ],
  [
    "import.meta.resolve('./x.ts')",
    "import.meta.resolve is not available in a workflow: where a specifier leads is known when it is imported, with import()",
  ],
  [
    "import.meta.dirname.length",
    "import.meta.dirname is not available in a workflow: a module of a layer lies in no folder of a disk; use import.meta.url",
  ],
  ["({}).process.env", "TypeError: Cannot read properties of undefined (reading 'env')"],
  ["undefined.x", "TypeError: Cannot read properties of undefined (reading 'x')"],
  ["import.meta.nope()", "TypeError: import.meta.nope is not a function"],
  ["new WebSocket('wss://example.com')", "WebSocket is not available in a workflow: it has no network"],
])("%s is refused with the reason", async ([code, message]) => {
  expect(failureOf(await run(sandbox, `export default () => { ${code}; };`))).toMatchObject({
    code: "evaluation-error",
    message,
    line: 1,
  });
});

test.for([
  ["return process.env.SECRET", "process"],
  ["await fetch('x')", "fetch"],
  ["const fetched = 1; return [fetched, new WebSocket('x')]", "WebSocket"],
] as const)("the mark of %j is at the name that is refused", async ([code, name]) => {
  const source = `export default async () => { ${code}; };`;
  const column = source.search(new RegExp(`\\b${name}\\b`)) + 1;
  const failure = failureOf(await run(sandbox, source));
  expect(failure).toMatchObject({ line: 1, column, endColumn: column + name.length });
});

test("what is refused is absent, so that a library's feature test is answered truly", async () => {
  const outcome = await run(
    sandbox,
    "export default () => [typeof process, typeof Buffer, typeof require, typeof fetch, 'fetch' in globalThis];",
  );
  expect(outcome.result).toEqual(["undefined", "undefined", "undefined", "undefined", false]);
});

test.for([
  ["new Error('No tickets', { cause: new TypeError('bad id') })", "Error: No tickets (caused by TypeError: bad id)"],
  [
    "new Error('a', { cause: new Error('b', { cause: { c: 1 } }) })",
    "Error: a (caused by Error: b (caused by { c: 1 }))",
  ],
  ["new AggregateError([new Error('a'), 5], 'Two')", "AggregateError: Two: Error: a; 5"],
  ["new Error('x', { get cause() { throw 1; } })", "Thrown value: 1"],
])("throw %s tells what lies behind it", async ([value, message]) => {
  expect(failureOf(await run(sandbox, `export default () => { throw ${value}; };`)).message).toBe(message);
});

test("a cause that names what a workflow has not is explained too, and causes in a circle end", async () => {
  const wrapped =
    "export default () => { try { fetch('x'); } catch (cause) { throw new Error('Cannot load', { cause }); } };";
  expect(failureOf(await run(sandbox, wrapped)).message).toBe(
    "Error: Cannot load (caused by fetch is not available in a workflow: it has no network)",
  );
  const circle = "export default () => { const e = new Error('x'); e.cause = e; throw e; };";
  expect(failureOf(await run(sandbox, circle)).message).toContain("Error: x (caused by Error: x");
});

test("a frame has the name of its function, as V8 gives it, and one at the top of a module has none", async () => {
  const source = [
    "class Store { static load() { return this.parse(); } static parse() { throw new Error('no'); } }",
    "async function read() { await 0; return Store.load(); }",
    "const arrow = async () => { await read(); };",
    "export default async () => { await arrow(); };",
  ].join("\n");
  const { stack, functions } = failureOf(await run(sandbox, source));
  expect(stack).toHaveLength(5);
  expect(functions).toEqual(["Store.parse", "Store.load", "read", "arrow", expect.stringContaining("default")]);
  expect(failureOf(await run(sandbox, "throw new Error('at once');"))).not.toHaveProperty("functions");
});
