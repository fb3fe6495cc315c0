// The linker against V8: random graphs of two layers, whether they link, and in which order they are evaluated. The soak
// asks about many more.
import { expect, test } from "vitest";
import { isLongForm } from "../faults/long-form.ts";
import { seededRandom } from "../faults/random.ts";
import { workspaceOf } from "./linking.ts";
import { type RandomGraph, randomGraph } from "./random-graph.ts";
import { askV8, type V8Graph, type V8Verdict } from "./v8.ts";

const seed = 20_270_331;
const graphs = isLongForm ? 200_000 : 4_000;
// What one process of V8 is asked at a time: its modules are never given back.
const atOnce = 2_000;

interface Judged {
  readonly linked: boolean;
  readonly hasFacade: boolean;
}

test(`link() accepts exactly the graphs that V8 links, of ${graphs}`, { timeout: 3_600_000 }, async () => {
  const random = seededRandom(seed);
  const counts = { linked: 0, refused: 0, facades: 0 };
  for (let done = 0; done < graphs; done += atOnce) {
    const samples = Array.from({ length: atOnce }, () => randomGraph(random));
    const verdicts = await askV8(samples.map(({ v8 }) => v8));
    const programs: { readonly graph: V8Graph; readonly order: readonly string[] }[] = [];
    for (const [position, sample] of samples.entries()) {
      const { linked, hasFacade } = judge(sample, verdicts[position], programs);
      counts[linked ? "linked" : "refused"] += 1;
      if (hasFacade) counts.facades += 1;
    }
    const answers = await askV8(programs.map(({ graph }) => graph));
    for (const [position, { graph, order }] of programs.entries()) {
      expect(answers[position], JSON.stringify(graph, undefined, 2)).toEqual({ refusal: null, order });
    }
  }
  // Each kind must be there in number, or the agreement would say little.
  expect(counts.linked).toBeGreaterThan(graphs / 5);
  expect(counts.refused).toBeGreaterThan(graphs / 5);
  expect(counts.facades).toBeGreaterThan(graphs / 200);
});

/** Compares one graph. A program with a facade goes to `programs`: what the linker wrote must be what V8 runs. */
function judge(
  { org, global, entry, hasSubmodule }: RandomGraph,
  verdict: V8Verdict | undefined,
  programs: { readonly graph: V8Graph; readonly order: readonly string[] }[],
): Judged {
  const { program, files, diagnostics } = workspaceOf({ org, global }).link(entry);
  const order = files.map(({ path }) => path);
  const isSame =
    (program !== undefined) === (verdict?.refusal === null) &&
    (program === undefined || hasSubmodule || JSON.stringify(order) === JSON.stringify(verdict?.order));
  if (!isSame) {
    const told = { org, global, entry, v8: verdict, order, diagnostics };
    expect.fail(`The linker and V8 differ on ${JSON.stringify(told, undefined, 2)}`);
  }
  const hasFacade = program?.modules.some(({ language }) => language === "facade") ?? false;
  if (program && hasFacade) {
    const modules = Object.fromEntries(program.modules.map((module) => [module.url, module]));
    // The sandbox makes this of JSON, too.
    for (const module of program.modules) {
      const source = `export default ${module.source}; order.push(${JSON.stringify(module.url.replace(/^.*\//, ""))});`;
      if (module.language === "json") modules[module.url] = { ...module, source };
    }
    programs.push({ graph: { entry: program.entry, modules }, order });
  }
  return { linked: program !== undefined, hasFacade };
}
