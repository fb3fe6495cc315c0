import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { run } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

async function logged(statements: string): Promise<string[]> {
  const outcome = await run(sandbox, `${statements}\nexport default () => {};`);
  expect(outcome.diagnostics).toEqual([]);
  return outcome.logs.map(({ message }) => message);
}

test.for([
  ["'text'", "text"],
  ["''", ""],
  ["1, -0, 10n, true, null, undefined", "1 -0 10n true null undefined"],
  ["Symbol('s')", "Symbol(s)"],
  ["{ a: 1, 'b-c': 'x', [Symbol('s')]: [] }", "{ a: 1, 'b-c': 'x', Symbol(s): [] }"],
  ["[1, ['a', [2]], , 3]", "[ 1, [ 'a', [ 2 ] ], <1 empty item>, 3 ]"],
  ["{}, []", "{} []"],
  ["new Map([['k', { v: 1 }]]), new Set([1])", "Map(1) { 'k' => { v: 1 } } Set(1) { 1 }"],
  ["new Date(0), new Date(NaN), /x/g", "1970-01-01T00:00:00.000Z Invalid Date /x/g"],
  ["() => 1, function named() {}, class Thing {}", "[Function (anonymous)] [Function: named] [class Thing]"],
  ["new (class Thing { a = 1 })(), Object.create(null)", "Thing { a: 1 } [Object: null prototype] {}"],
  ["new Uint8Array([1, 2])", "Uint8Array(2) [ 1, 2 ]"],
  ["Promise.resolve(1)", "Promise {}"],
  ["{ get a() { throw 1; }, set b(v) {} }", "{ a: [Getter], b: [Setter] }"],
  ["{ a: { b: { c: { d: { e: 1 } } } } }", "{ a: { b: { c: { d: [Object] } } } }"],
  ["(() => { const a = {}; a.self = a; return a; })()", "{ self: [Circular] }"],
  ["new Proxy({}, { ownKeys() { throw 1; } })", "[unreadable]"],
])("console.log(%s) writes %s", async ([values, text]) => {
  expect(await logged(`console.log(${values});`)).toEqual([text]);
});

test("console.log() cuts what is long and breaks what is wide", async () => {
  const [long] = await logged("console.log(Array.from({ length: 1000 }, (_, index) => index));");
  expect(long).toContain("… 900 more");
  const [wide] = await logged("console.log({ a: 'x'.repeat(60), b: 'y'.repeat(60) });");
  expect(wide).toBe(`{\n  a: '${"x".repeat(60)}',\n  b: '${"y".repeat(60)}'\n}`);
});

test("console.error() writes an error with its stack and its cause", async () => {
  const [text] = await logged("console.error(new TypeError('bad', { cause: new Error('why') }));");
  expect(text).toMatch(/^TypeError: bad\n {4}at bifrost:\/\/acme\/workflows\/main\.ts:1:15\n/);
  expect(text).toContain("[cause]: Error: why");
});

test("console's other methods write what they are known for", async () => {
  expect(
    await logged(
      "console.group('g'); console.log('in\\nside'); console.groupEnd(); console.assert(true, 'no'); console.assert(false, 'yes'); console.count(); console.count(); console.dir({ a: 1 });",
    ),
  ).toEqual(["g", "  in\n  side", "Assertion failed: yes", "default: 1", "default: 2", "{ a: 1 }"]);
});
