// Where the imports of one module lead, told without the graph behind them: what linking the whole graph says of the
// module is what is said here.
import { describe, expect, test } from "vitest";
import type { LayeredFile } from "../../src/workspace/layer.ts";
import { seededRandom } from "../faults/random.ts";
import { type Files, type TestWorkspace, workspaceOf } from "./linking.ts";
import { randomGraph } from "./random-graph.ts";

/** Adds what tracing needs, and gives the paths that were asked for. */
function supplyAround(
  { linker }: TestWorkspace,
  file: LayeredFile,
  contentOf: (file: LayeredFile) => string,
): string[] {
  const asked: string[] = [];
  for (let missing = linker.missingAround(file); missing.length > 0; missing = linker.missingAround(file)) {
    for (const needed of missing) linker.add(needed, contentOf(needed));
    asked.push(...missing.map(({ path }) => path));
  }
  return asked;
}

function traced(files: { readonly org?: Files; readonly global?: Files }, path: string) {
  const workspace = workspaceOf(files);
  const file = workspace.file(path);
  const contentOf = ({ scope, path: at }: LayeredFile) =>
    (scope.kind === "global" ? files.global : files.org)?.[at] ?? "";
  const asked = supplyAround(workspace, file, contentOf);
  return { asked, trace: workspace.linker.traceImports(file) };
}

const global: Files = {
  "shared/text.ts": "export const trim = 1;",
  "shared/halopsa.ts": 'import "./text";\nexport const url = 1;',
  "shared/tickets/index.ts": 'export * from "./order";',
  "shared/tickets/order.ts": "export const order = 1;",
  "shared/tickets/deadline.ts": 'import "./deep";\nexport const deadline = 1;',
  "shared/tickets/deep.ts": "",
};

describe("traceImports()", () => {
  test("tells line, layer and kind of each import, in the order of the source", () => {
    const source = [
      'import { context } from "bifrost";',
      'import { url } from "shared/halopsa";',
      'import { trim } from "shared/text";',
      'import { order, deadline } from "shared/tickets";',
      'const late = () => import("./text");',
      'import type { Ticket } from "shared/halopsa";',
    ].join("\n");
    const { trace } = traced(
      { org: { "shared/use.ts": source, "shared/text.js": "export const trim = 2;" }, global },
      "shared/use.ts",
    );
    expect(
      trace.imports.map(({ specifier, place, isDynamic, leadsTo, files }) => [
        place.line,
        specifier,
        isDynamic,
        leadsTo,
        files.map((file) => `${file.scope.kind} ${file.path}`),
      ]),
    ).toEqual([
      [1, "bifrost", false, "sdk", []],
      [2, "shared/halopsa", false, "module", ["global shared/halopsa.ts"]],
      [3, "shared/text", false, "module", ["organization shared/text.js"]],
      [4, "shared/tickets", false, "folder", ["global shared/tickets/index.ts", "global shared/tickets/deadline.ts"]],
      [5, "./text", true, "module", ["organization shared/text.js"]],
    ]);
    expect(trace.diagnostics).toEqual([]);
  });

  test("leads a global module to what the organisation has in the place of its neighbour", () => {
    const { trace } = traced({ org: { "shared/text.js": "" }, global }, "shared/halopsa.ts");
    expect(trace.imports[0]?.files).toMatchObject([{ scope: { kind: "organization" }, path: "shared/text.js" }]);
  });

  test("names every path that was tried for one that is missing, and the names that are asked for in vain", () => {
    const source = 'import "./nowhere";\nimport { nothing } from "shared/text";\nimport "node:fs";';
    const { trace } = traced({ org: { "shared/use.ts": source }, global }, "shared/use.ts");
    expect(trace.imports.map(({ leadsTo, diagnostics }) => [leadsTo, diagnostics.map(({ code }) => code)])).toEqual([
      ["nowhere", ["module-not-found"]],
      ["module", ["export-not-found"]],
      ["nowhere", ["unsupported-specifier"]],
    ]);
    const tried = trace.imports[0]?.diagnostics[0]?.tried ?? [];
    expect(tried).toHaveLength(20);
    expect(tried[0]).toEqual({ scope: "acme", path: "shared/nowhere.ts" });
    expect(tried.at(-1)).toEqual({ scope: "global", path: "shared/nowhere/index.json" });
  });

  test("tells apart what is wrong with the source itself", () => {
    const { trace } = traced({ global: { "a.ts": 'import "./b";\nenum E {}', "b.ts": "" } }, "a.ts");
    expect(trace.diagnostics).toMatchObject([{ code: "unsupported-syntax", line: 2 }]);
    expect(trace.imports).toHaveLength(1);
  });

  test("says that an import() is computed", () => {
    expect(traced({ global: { "a.ts": "const at = (name: string) => import(name);" } }, "a.ts").trace).toMatchObject({
      imports: [],
      hasComputedImport: true,
    });
  });
});

test("missingAround() asks for neighbours and what they re-export, and not for the graph behind them", () => {
  const { asked } = traced({ org: { "w.ts": 'import { order, deadline } from "shared/tickets";' }, global }, "w.ts");
  expect(asked).toEqual(["w.ts", "shared/tickets/index.ts", "shared/tickets/order.ts", "shared/tickets/deadline.ts"]);
});

test("traceImports() says of a module what link() of its whole graph says of it", () => {
  const random = seededRandom(20_270_401);
  let wrong = 0;
  for (let sample = 0; sample < 1_000; sample += 1) {
    const { org, global: below, entry } = randomGraph(random);
    const workspace = workspaceOf({ org, global: below });
    const { files, diagnostics } = workspace.link(entry);
    for (const file of files) {
      const layer = file.scope.kind === "global" ? "global" : "acme";
      const whole = diagnostics.filter(({ scope, path }) => scope === layer && path === file.path);
      const { trace } = traced({ org, global: below }, file.path);
      // A file of global by that path may be hidden by the organisation's, which is the one that is traced then.
      if (file.scope.kind === "global" && org[file.path] !== undefined) continue;
      const said = [...trace.diagnostics, ...trace.imports.flatMap((traced) => traced.diagnostics)];
      const keyOf = (one: { code: string; line: number | null; column: number | null; message: string }) =>
        `${one.line}:${one.column} ${one.code} ${one.message}`;
      // A circle of re-exports is refused by V8 for the whole graph, and told where the graph is linked.
      const local = whole.filter(({ message }) => !message.includes("comes back to this module"));
      expect(new Set(said.map(keyOf))).toEqual(new Set(local.map(keyOf)));
      wrong += said.length;
    }
  }
  expect(wrong).toBeGreaterThan(300);
});
