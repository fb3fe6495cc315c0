// Modules to measure with: made by rule, so that every run measures the same.
import { contentHash } from "../src/digest.ts";
import { createLayer, type Layer } from "../src/workspace/layer.ts";
import type { WorkspacePath } from "../src/workspace/path.ts";
import type { Scope } from "../src/workspace/scope.ts";

/** Path to content. */
export type Sources = ReadonlyMap<WorkspacePath, string>;

// What a module of a hand-written workspace weighs, about 3 KB.
const linesPerModule = 60;

/** A workspace of `count` modules below `shared/`, each importing up to three earlier ones, and its workflows. */
export function makeSources(count: number, workflows: number): Map<WorkspacePath, string> {
  const sources = new Map<WorkspacePath, string>();
  for (let index = 0; index < count; index += 1) {
    const imports = [index - 1, index - 7, index - 31].filter((other) => other >= 0);
    const lines = imports.map((other) => `import { value${other} } from "./m${other}";`);
    lines.push(
      `export const value${index}: number = ${[...imports.map((other) => `value${other} % 7`), "1"].join(" + ")};`,
    );
    for (let line = lines.length; line < linesPerModule; line += 1) {
      lines.push(`export function step${line}(input: number): number { return input + ${line}; }`);
    }
    sources.set(`shared/m${index}.ts` as WorkspacePath, `${lines.join("\n")}\n`);
  }
  for (let index = 0; index < workflows; index += 1) {
    const target = Math.floor(((index + 1) * count) / workflows) - 1;
    const source = `import { value${target} } from "../shared/m${target}";\nexport default () => value${target};\n`;
    sources.set(`workflows/w${index}.ts` as WorkspacePath, source);
  }
  return sources;
}

// Modules that belong together and import each other, such as all that speak to one service.
const modulesPerGroup = 20;

/**
 * A workspace as it grows by hand: `count` modules in groups of 20, of which half import one of the first five modules
 * besides those of their group, and workflows that take from three groups each.
 */
export function makeGroupedSources(count: number, workflows: number): Map<WorkspacePath, string> {
  const sources = new Map<WorkspacePath, string>();
  for (let index = 0; index < count; index += 1) {
    const first = index - (index % modulesPerGroup);
    const group = [index - 1, index - 7, index - 13].filter((other) => other >= first);
    const common = index >= modulesPerGroup && index % 2 === 0 ? [index % 5] : [];
    const imports = [...group, ...common];
    const lines = imports.map((other) => `import { value${other} } from "./m${other}";`);
    lines.push(
      `export const value${index}: number = ${[...imports.map((other) => `value${other} % 7`), "1"].join(" + ")};`,
    );
    for (let line = lines.length; line < linesPerModule; line += 1) {
      lines.push(`export function step${line}(input: number): number { return input + ${line}; }`);
    }
    sources.set(`shared/m${index}.ts` as WorkspacePath, `${lines.join("\n")}\n`);
  }
  for (let index = 0; index < workflows; index += 1) {
    const targets = [...new Set([2 * index, 2 * index + 1, 37 * index + 11].map((target) => target % count))];
    const lines = targets.map((target) => `import { value${target} } from "../shared/m${target}";`);
    const sum = targets.map((target) => `value${target}`).join(" + ");
    sources.set(`workflows/w${index}.ts` as WorkspacePath, `${lines.join("\n")}\nexport default () => ${sum};\n`);
  }
  return sources;
}

/** The layer that holds these sources. */
export function layerOf(scope: Scope, sources: Sources): Layer {
  const files = new Map([...sources].map(([path, source]) => [path, contentHash(Buffer.from(source))]));
  return createLayer(scope, files);
}
