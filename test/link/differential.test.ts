// The linker against V8: random graphs, and whether they link.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Files, workspaceOf } from "./linking.ts";
import { askV8, type V8Graph } from "./v8.ts";

const seed = 20_270_331;
const exportNames = ["a", "b", "c", "default"] as const;

type Statement =
  | { readonly kind: "declare"; readonly name: string }
  | { readonly kind: "import"; readonly from: number; readonly name: string; readonly exportAs: string | undefined }
  | { readonly kind: "namespace"; readonly from: number; readonly exportAs: string | undefined }
  | { readonly kind: "pass-on"; readonly from: number; readonly name: string; readonly as: string }
  | { readonly kind: "star"; readonly from: number }
  | { readonly kind: "star-as"; readonly from: number; readonly as: string }
  | { readonly kind: "effect"; readonly from: number };

const name = fc.constantFrom(...exportNames, "a", "b");
const maybeName = fc.option(name, { nil: undefined });

function statementOf(modules: number): fc.Arbitrary<Statement> {
  // One past the last module is a module that does not exist; rare, or hardly any graph would link.
  const from = fc.oneof(
    { weight: 60, arbitrary: fc.nat({ max: modules - 1 }) },
    { weight: 1, arbitrary: fc.constant(modules) },
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("declare" as const), name }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("import" as const), from, name, exportAs: maybeName }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("namespace" as const), from, exportAs: maybeName }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass-on" as const), from, name, as: name }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("star" as const), from }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("star-as" as const), from, as: name }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("effect" as const), from }) },
  );
}

const graph = fc.integer({ min: 1, max: 7 }).chain((modules) =>
  fc.array(fc.array(statementOf(modules), { minLength: 1, maxLength: 6 }), {
    minLength: modules,
    maxLength: modules,
  }),
);

/**
 * Writes a module, with the specifiers that the statements' numbers mean. A second export of one name is left out: that
 * is a fault of one source, and no matter of linking.
 */
function sourceOf(statements: readonly Statement[], path: string, specifiers: readonly string[]): string {
  const exported = new Set<string>();
  const isFree = (wanted: string | undefined): wanted is string => {
    if (wanted === undefined || exported.has(wanted)) return false;
    exported.add(wanted);
    return true;
  };
  const lineOf = (statement: Statement, local: string): string => {
    if (statement.kind === "declare") {
      return isFree(statement.name) ? `const ${local} = 1; export { ${local} as ${statement.name} };` : "";
    }
    const from = `from ${JSON.stringify(specifiers[statement.from] ?? "./missing.js")}`;
    switch (statement.kind) {
      case "import": {
        const again = isFree(statement.exportAs) ? `export { ${local} as ${statement.exportAs} };` : "";
        return `${again} import { ${statement.name} as ${local} } ${from};`;
      }
      case "namespace": {
        const again = isFree(statement.exportAs) ? `export { ${local} as ${statement.exportAs} };` : "";
        return `import * as ${local} ${from}; ${again}`;
      }
      case "pass-on":
        return isFree(statement.as) ? `export { ${statement.name} as ${statement.as} } ${from};` : "";
      case "star":
        return `export * ${from};`;
      case "star-as":
        return isFree(statement.as) ? `export * as ${statement.as} ${from};` : "";
      case "effect":
        return `import ${from.slice("from ".length)};`;
      default:
        throw statement satisfies never;
    }
  };
  const lines = statements.map((statement, position) => lineOf(statement, `local${position}`));
  return [...lines, `order.push(${JSON.stringify(path)});`].join("\n");
}

/** The same graph for V8, resolved by nothing but the names that this file gave. */
function v8GraphOf(files: Files): V8Graph {
  const imports = Object.fromEntries(Object.keys(files).map((to) => [`./${to}`, to]));
  const modules = Object.entries(files).map(([path, source]) => [path, { source, imports }]);
  return { entry: "m0.js", modules: Object.fromEntries(modules) };
}

test("link() accepts exactly the graphs that V8 links, and evaluates them in V8's order", {
  timeout: 60_000,
}, async () => {
  const samples = fc.sample(graph, { seed, numRuns: 400 }).map((modules): Files => {
    const paths = modules.map((_, self) => `m${self}.js`);
    const specifiers = paths.map((path) => `./${path}`);
    return Object.fromEntries(
      modules.map((statements, self) => [`m${self}.js`, sourceOf(statements, `m${self}.js`, specifiers)]),
    );
  });
  const verdicts = await askV8(samples.map(v8GraphOf));
  let linked = 0;
  for (const [position, files] of samples.entries()) {
    const verdict = verdicts[position];
    const result = workspaceOf({ global: files }).link("m0.js");
    const told = JSON.stringify({ files, v8: verdict?.refusal, linker: result.diagnostics }, undefined, 2);
    expect(result.program !== undefined, told).toBe(verdict?.refusal === null);
    if (result.program === undefined) continue;
    linked += 1;
    expect(
      result.files.map(({ path }) => path),
      told,
    ).toEqual(verdict?.order);
  }
  // Both kinds must be there in number, or the agreement would say little.
  expect(linked).toBeGreaterThan(80);
  expect(samples.length - linked).toBeGreaterThan(80);
});

test("link() makes programs of folders that V8 links, whoever imports which module by its name", {
  timeout: 60_000,
}, async () => {
  const paths = ["m0.js", "m1.js", "lib/a.js", "lib/b.js", "lib/index.js", "bare/a.js", "bare/b.js"];
  const specifiers = ["lib", "bare", "lib/a", "m1", "lib/b", "bare/a", "bare/b", "m0"];
  const folders = fc.array(fc.array(statementOf(specifiers.length), { minLength: 1, maxLength: 3 }), {
    minLength: paths.length,
    maxLength: paths.length,
  });
  const programs = fc.sample(folders, { seed, numRuns: 3000 }).flatMap((modules) => {
    const files = modules.map((statements, self) => {
      const path = paths[self] ?? "";
      return [path, sourceOf(statements, path, specifiers)];
    });
    const { program, files: linked } = workspaceOf({ global: Object.fromEntries(files) }).link("m0.js");
    const hasFacade = program?.modules.some(({ language }) => language === "facade");
    return program && hasFacade ? [{ program, order: linked.map(({ path }) => path) }] : [];
  });
  const verdicts = await askV8(
    programs.map(({ program }) => ({
      entry: program.entry,
      modules: Object.fromEntries(program.modules.map((module) => [module.url, module])),
    })),
  );
  for (const [position, { program, order }] of programs.entries()) {
    expect(verdicts[position], JSON.stringify(program.modules, undefined, 2)).toEqual({ refusal: null, order });
  }
  expect(programs.length).toBeGreaterThan(50);
});
