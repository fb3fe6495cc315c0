import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import type { DynamicImport } from "../../../src/workspace/program.ts";
import { failureOf, programOf, run } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

test("a run evaluates dependencies first, once each, in the order of ECMAScript", async () => {
  const { logs } = await run(sandbox, {
    "c.ts": "console.log('c'); export const c = 1;",
    "a.ts": "import { c } from './c.ts'; console.log('a'); export const a = c;",
    "b.ts": "import { c } from './c.ts'; console.log('b'); export const b = c;",
    "main.ts": "import { a } from './a.ts'; import { b } from './b.ts'; export default () => a + b;",
  });
  expect(logs.map(({ message }) => message)).toEqual(["c", "a", "b"]);
});

test("a run links cycles, and bindings stay live across them", async () => {
  const outcome = await run(sandbox, {
    "odd.ts":
      "import { isEven, calls } from './even.ts'; export const isOdd = (n) => n !== 0 && isEven(n - 1); export const seen = () => calls;",
    "even.ts":
      "import { isOdd } from './odd.ts'; export let calls = 0; export const isEven = (n) => { calls += 1; return n === 0 || isOdd(n - 1); };",
    "main.ts":
      "import { isEven } from './even.ts'; import { seen } from './odd.ts'; export default () => [seen(), isEven(4), seen()];",
  });
  expect(outcome.result).toEqual([0, true, 3]);
});

test("a run awaits at the top level, also for a timer", async () => {
  const outcome = await run(sandbox, {
    "slow.ts": "export const value = await new Promise((resolve) => setTimeout(resolve, 5, 'slow'));",
    "main.ts": "import { value } from './slow.ts'; export default () => value;",
  });
  expect(outcome.result).toBe("slow");
});

test("a run imports JSON as data, whatever its keys", async () => {
  const outcome = await run(sandbox, {
    "data.json": '\ufeff{ "__proto__": { "x": 1 }, "list": [1, "\u2028"] }',
    "main.ts":
      "import data from './data.json' with { type: 'json' }; export default () => [Object.keys(data), data.list, ({}).x];",
  });
  expect(outcome.result).toEqual([["__proto__", "list"], [1, "\u2028"], null]);
});

test("a run names the place in JSON that is not valid", async () => {
  const failure = failureOf(
    await run(sandbox, {
      "data.json": '{\n  "a": 1,\n}',
      "main.ts": "import data from './data.json'; export default () => data;",
    }),
  );
  expect(failure).toMatchObject({ code: "syntax-error", path: "data.json", line: 3, column: 1 });
});

test("a facade gives the modules of a folder by name", async () => {
  const outcome = await run(sandbox, {
    "shared/halopsa.ts": "export const list = () => ['t1'];",
    "shared.facade": `import * as halopsa from "./shared/halopsa.ts"; export { halopsa };`,
    "main.ts": "import { halopsa } from './shared.facade'; export default () => halopsa.list();",
  });
  expect(outcome.result).toEqual(["t1"]);
});

test("import.meta.url is the module's URL, however it is written, and the columns after it stay true", async () => {
  const outcome = await run(sandbox, {
    "global:lib/a.ts": "export const url = import.meta.url; export const same = import.meta === import\n  .meta;",
    "main.js":
      "import { url, same } from './lib/a.ts'; export default () => [url, same, import.meta.url, import.meta.resolve];",
  });
  expect(outcome.result).toEqual(["bifrost://global/lib/a.ts", true, "bifrost://acme/main.js", null]);
  const failure = failureOf(await run(sandbox, "export default () => { [import.meta, import.meta.url.nope()] };"));
  expect(failure).toMatchObject({ line: 1, column: 54 });
});

test("import() of a module that is linked already gives the same instance and asks nobody", async () => {
  const outcome = await run(sandbox, {
    "state.ts": "export let count = 0; export const add = () => { count += 1; };",
    "main.ts":
      "import { add } from './state.ts'; export default async () => { add(); return (await import('./state.ts')).count; };",
  });
  expect(outcome.result).toBe(1);
});

test("import() asks for what is not linked, with the importer, and shares instances with the static graph", async () => {
  const asked: unknown[] = [];
  const files = {
    "state.ts": "export const loaded = [];",
    "plugins/one.ts": "import { loaded } from '../state.ts'; loaded.push(import.meta.url); export default 'one';",
  };
  const dynamicImport: DynamicImport = async (specifier, importer) => {
    asked.push([specifier, importer]);
    return { program: programOf(files) };
  };
  const outcome = await run(
    sandbox,
    {
      "state.ts": files["state.ts"],
      "main.ts": `import { loaded } from './state.ts';
      export default async () => {
        const [one, again] = await Promise.all(["one", "one"].map((name) => import(\`./plugins/\${name}.ts\`)));
        return [one.default, one === again, loaded];
      };`,
    },
    { dynamicImport },
  );
  expect(outcome).toMatchObject({ diagnostics: [], result: ["one", true, ["bifrost://acme/plugins/one.ts"]] });
  expect(asked).toEqual([
    ["./plugins/one.ts", "bifrost://acme/main.ts"],
    ["./plugins/one.ts", "bifrost://acme/main.ts"],
  ]);
});

test("import() rejects with the diagnostic's message at the line of the import", async () => {
  const dynamicImport: DynamicImport = async (specifier) => ({
    diagnostic: {
      code: "module-not-found",
      severity: "error",
      message: `Cannot find module "${specifier}"`,
      scope: "acme",
      path: "workflows/main.ts",
      line: null,
      column: null,
    },
  });
  const source = "export default async () => {\n  await import('./gone.ts');\n};";
  const failure = failureOf(await run(sandbox, source, { dynamicImport }));
  expect(failure).toMatchObject({ code: "evaluation-error", path: "workflows/main.ts", line: 2, column: 9 });
  expect(failure.message).toBe('Error: Cannot find module "./gone.ts"');
  const caught =
    "export default async () => { try { await import('./gone.ts'); } catch (error) { return error.message; } };";
  expect((await run(sandbox, caught, { dynamicImport })).result).toBe('Cannot find module "./gone.ts"');
});

test("import() rejects where nobody answers imports", async () => {
  const failure = failureOf(await run(sandbox, "export default () => import('./' + 'x.ts');"));
  expect(failure.message).toContain('Cannot import "./x.ts"');
});

test.for([
  ["at once", "throw new RangeError('broken');"],
  ["after an await", "await new Promise((resolve) => setTimeout(resolve, 2)); throw new RangeError('broken');"],
])("import() rejects with what the module threw %s, and the run goes on", async ([, source = ""]) => {
  const outcome = await run(
    sandbox,
    `export default async () => {
      const names = [];
      for (let round = 0; round < 2; round += 1) {
        try { await import("./" + "x.ts"); } catch (error) { names.push(error.name, error instanceof RangeError, error.message, error.stack.includes("acme/x.ts:1:")); }
      }
      return names;
    };`,
    { dynamicImport: async () => ({ program: programOf({ "x.ts": source }) }) },
  );
  const once = ["RangeError", true, "broken", true];
  expect(outcome).toMatchObject({ diagnostics: [], result: [...once, ...once] });
});

test("import() rejects with the place of a syntax error", async () => {
  const failure = failureOf(
    await run(sandbox, "export default () => import('./' + 'x.js');", {
      dynamicImport: async () => ({ program: programOf({ "x.js": "let a;\nlet a;" }) }),
    }),
  );
  expect(failure.message).toBe("SyntaxError: Identifier 'a' has already been declared (x.js:2:5)");
});

test("what looks like import() in a string, a comment or a regular expression is left alone", async () => {
  const outcome = await run(
    sandbox,
    "// import('a') import.meta\nexport default () => ['import(1)', `import.meta`, /import\\(/.source, ({ import: (x) => x }).import(2)];",
  );
  expect(outcome.result).toEqual(["import(1)", "import.meta", "import\\(", 2]);
});

test("a run links a chain of 2,000 modules", async () => {
  const files: Record<string, string> = { "m0.js": "export default 0;" };
  for (let number = 1; number < 2000; number += 1) {
    files[`m${number}.js`] = `import below from "./m${number - 1}.js"; export default below + 1;`;
  }
  files["main.js"] = `import top from "./m1999.js"; export default () => top;`;
  expect((await run(sandbox, files)).result).toBe(1999);
});

test("a missing and an ambiguous export are told by their codes", async () => {
  const missing = { "a.js": "export const a = 1;", "main.js": "import { b } from './a.js'; export default () => b;" };
  expect(failureOf(await run(sandbox, missing)).code).toBe("export-not-found");
  const ambiguous = {
    "a.js": "export const x = 1;",
    "b.js": "export const x = 2;",
    "c.js": "export * from './a.js'; export * from './b.js';",
    "main.js": "import { x } from './c.js'; export default () => x;",
  };
  expect(failureOf(await run(sandbox, ambiguous)).code).toBe("ambiguous-export");
});

test("import() takes the attribute of JSON for JSON alone, and refuses every other as V8 and Node do", async () => {
  const dynamicImport: DynamicImport = async (specifier) => ({
    program: programOf(
      specifier.endsWith(".json") ? { "data.json": '{ "a": 1 }' } : { "code.js": "export default 'code';" },
    ),
  });
  const outcome = await run(
    sandbox,
    `export default async () => {
      const told = [];
      const json = { with: { type: "json" } };
      for (const [name, options] of [
        ["data.json", json], ["data.json", { with: {} }], ["data.json", undefined], ["code.js", {}], ["code.js", json],
        ["code.js", { with: { type: "css" } }], ["code.js", { with: { other: "x" } }], ["code.js", { with: { type: 1 } }],
        ["code.js", { with: 1 }], ["code.js", 1], ["code.js", null],
      ]) {
        told.push(await import("./" + name, options).then(({ default: value }) => value, (error) => String(error)));
      }
      return told;
    };`,
    { dynamicImport },
  );
  expect(outcome.result).toEqual([
    { a: 1 },
    { a: 1 },
    { a: 1 },
    "code",
    'TypeError: Module "./code.js" is not of type "json"',
    'TypeError: Import attribute "type" with value "css" is not supported',
    'TypeError: Import attribute "other" with value "x" is not supported',
    "TypeError: Import attribute value must be a string",
    "TypeError: The 'with' option must be an object",
    "TypeError: The second argument of import() must be an object",
    "TypeError: The second argument of import() must be an object",
  ]);
});
