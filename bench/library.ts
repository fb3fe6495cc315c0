// A library as the global layer: lodash-es, because it is large, real, and nothing but modules.
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import type { WorkspacePath } from "../src/workspace/path.ts";
import type { Sources } from "./modules.ts";

/** Every module of the library, below `lodash-es/`. */
export function readLibrary(): Sources {
  const folder = fileURLToPath(new URL(".", import.meta.resolve("lodash-es")));
  const names = readdirSync(folder).filter((name) => name.endsWith(".js"));
  return new Map(names.map((name) => [`lodash-es/${name}` as WorkspacePath, readFileSync(`${folder}${name}`, "utf8")]));
}

/** The sources that an entry needs, itself first. */
export function reachable(sources: Sources, entry: WorkspacePath): Sources {
  const found = new Map<WorkspacePath, string>([[entry, sources.get(entry) ?? ""]]);
  for (const [path, source] of found) {
    const { staticImports, staticExports } = parseSync(path, source).module;
    const specifiers = [
      ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
    ];
    for (const specifier of specifiers) {
      if (specifier === undefined) continue;
      const target = posix.join(posix.dirname(path), specifier) as WorkspacePath;
      const content = sources.get(target);
      if (content === undefined) throw new Error(`${path} imports ${target}, which is not there`);
      found.set(target, content);
    }
  }
  return found;
}
