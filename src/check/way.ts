// The way from a file to another through what they import: where a person looks who is told that something breaks far away.
import type { Linker } from "../link/linker.ts";
import type { LayeredFile } from "../workspace/layer.ts";
import { moduleUrl } from "../workspace/program.ts";

/** One import on the way, in the file that says it. */
export interface Step {
  readonly importer: LayeredFile;
  readonly imported: LayeredFile;
  readonly place: () => { readonly line: number; readonly column: number; readonly endColumn?: number };
}

/** The shortest way from one file to another, import by import; `undefined` where there is none. */
export function wayTo(
  linker: Pick<Linker, "importsOf">,
  from: LayeredFile,
  to: { readonly url: string },
): Step[] | undefined {
  const cameBy = new Map<string, Step | undefined>([[urlOf(from), undefined]]);
  const open = [from];
  for (const importer of open) {
    if (urlOf(importer) === to.url) return stepsBack(cameBy, to.url);
    for (const { file, place } of linker.importsOf(importer)) {
      if (cameBy.has(urlOf(file))) continue;
      cameBy.set(urlOf(file), { importer, imported: file, place });
      open.push(file);
    }
  }
  return undefined;
}

function stepsBack(cameBy: ReadonlyMap<string, Step | undefined>, end: string): Step[] {
  const steps: Step[] = [];
  for (let step = cameBy.get(end); step !== undefined; step = cameBy.get(urlOf(step.importer))) steps.unshift(step);
  return steps;
}

function urlOf({ scope, path }: LayeredFile): string {
  return moduleUrl(scope, path);
}
