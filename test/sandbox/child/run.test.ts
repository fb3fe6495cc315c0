import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { context, failureOf, resultOf, run } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

test("run() calls the default export with the input and the context and gives what it returns", async () => {
  const outcome = await run(sandbox, "export default (input: unknown, context: unknown) => ({ input, context });", {
    input: { tickets: [1, 2] },
  });
  expect(outcome).toMatchObject({ ok: true, diagnostics: [], logs: [] });
  expect(outcome.result).toEqual({ input: { tickets: [1, 2] }, context });
  expect(outcome.durationMs).toBeGreaterThan(0);
});

test("run() awaits the promise that the default export returns", async () => {
  expect(await resultOf(sandbox, "return new Promise((resolve) => setTimeout(resolve, 1, 'late'));")).toBe("late");
});

test("run() gives null where the default export returns nothing", async () => {
  expect(await resultOf(sandbox, "return undefined;")).toBeNull();
});

test("run() passes undefined where there is no input", async () => {
  expect(await resultOf(sandbox, "return [typeof input];")).toEqual(["undefined"]);
});

test("run() evaluates and calls nothing in the mode evaluate", async () => {
  const outcome = await run(sandbox, "console.log('top'); export default () => { throw new Error('called'); };", {
    mode: "evaluate",
  });
  expect(outcome).toMatchObject({ ok: true, result: null, logs: [{ level: "info", message: "top" }] });
});

test("run() in the mode evaluate asks for no default export", async () => {
  expect((await run(sandbox, "export const x = 1;", { mode: "evaluate" })).ok).toBe(true);
});

test("run() says what to write where there is no default export", async () => {
  const failure = failureOf(await run(sandbox, "export const main = () => 1;"));
  expect(failure).toMatchObject({ code: "evaluation-error", scope: "acme", path: "workflows/main.ts" });
  expect(failure.message).toBe("The workflow has no default export to call");
  expect(failure.remedy).toContain("export default async function (input, context)");
});

test("run() says what it found where the default export is no function", async () => {
  expect(failureOf(await run(sandbox, "export default { main: 1 };")).message).toContain("of type object");
});

test("run() lets the SDK's context be the call's context, frozen all through", async () => {
  const outcome = await run(
    sandbox,
    `import { context } from "bifrost";
    export default (input, given) => [context === given, Object.isFrozen(context), Object.isFrozen(context.revision)];`,
  );
  expect(outcome.result).toEqual([true, true, true]);
});

test("run() gathers the lines of console and of the SDK's log in order, with their levels", async () => {
  const { logs } = await run(
    sandbox,
    `import { log } from "bifrost";
    console.log("a", 1); console.info("b"); console.debug("c"); console.warn("d"); console.error("e");
    log.debug("f"); log.info("g"); log.warn("h"); log.error("i");
    export default () => {};`,
  );
  expect(logs.map(({ level, message }) => `${level} ${message}`)).toEqual([
    "info a 1",
    "info b",
    "debug c",
    "warn d",
    "error e",
    "debug f",
    "info g",
    "warn h",
    "error i",
  ]);
});

test("run() ends with its result while timers still wait", async () => {
  const outcome = await run(
    sandbox,
    `setInterval(() => console.log("tick"), 1); setTimeout(() => console.log("never"), 60_000); export default () => 1;`,
  );
  expect(outcome).toMatchObject({ ok: true, result: 1, logs: [] });
});

test.for([
  ["return 10n;", "Do not know how to serialize a BigInt"],
  ["const a = {}; a.self = a; return a;", "Converting circular structure to JSON"],
  ["return () => 1;", "a function has no JSON"],
  ["return Symbol('x');", "a symbol has no JSON"],
])("run() says why %s is no result", async ([body, why]) => {
  const failure = failureOf(await run(sandbox, `export default () => { ${body} };`));
  expect(failure.code).toBe("evaluation-error");
  expect(failure.message).toBe(`The result cannot be written as JSON: ${why}`);
});

test("run() takes what toJSON makes of a result, and the fault where it throws", async () => {
  expect(await resultOf(sandbox, "return { toJSON: () => ({ ok: 1 }) };")).toEqual({ ok: 1 });
  const failure = failureOf(
    await run(sandbox, "export default () => ({ toJSON() { throw new RangeError('not me'); } });"),
  );
  expect(failure).toMatchObject({ code: "evaluation-error", line: 1, column: 42 });
  expect(failure.message).toContain("not me");
});

test("run() gives a key named __proto__ as a plain key", async () => {
  const result = await resultOf(sandbox, `return JSON.parse('{"__proto__": {"admin": true}}');`);
  expect(Object.keys(result as object)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
});
