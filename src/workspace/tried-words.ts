// The paths that an import was looked for at, as few words as they take.
import type { TriedPath } from "./diagnostic.ts";
import { moduleExtension } from "./path.ts";

/** One line for each layer, in their order: the paths with the extensions of one name together, as a shell writes them. */
export function triedByLayer(tried: readonly TriedPath[]): { readonly scope: string; readonly paths: string }[] {
  return [...Map.groupBy(tried, ({ scope }) => scope)].map(([scope, paths]) => {
    const names = Map.groupBy(paths, ({ path }) => path.slice(0, path.length - (moduleExtension(path) ?? "").length));
    const list = [...names].map(([name, files]) => {
      const extensions = files.map(({ path }) => path.slice(name.length));
      return extensions.length === 1 ? `${name}${extensions[0]}` : `${name}{${extensions.join(",")}}`;
    });
    return { scope, paths: list.join("  ") };
  });
}
