// Finds the route of a request by its path. It knows no route itself.
import type { Route } from "./exchange.ts";

export interface RouteMatch {
  readonly route: Route;
  /** The parameters of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
}

// The parameters that may hold slashes: branches, paths of files, ranges.
const multiSegment = new Set(["ref", "path", "basehead", "tree_sha"]);

export class Router {
  readonly #routes: { readonly route: Route; readonly pattern: RegExp }[];

  constructor(routes: readonly Route[]) {
    const literals = ({ path }: Route) => path.split("/").filter((segment) => !segment.startsWith("{")).length;
    // The more of a path is fixed, the earlier it is tried: `commits/{ref}` would swallow `commits/{ref}/check-runs`.
    this.#routes = routes
      .toSorted((one, other) => literals(other) - literals(one))
      .map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  /** The route of a method and path, and whether another method would have had one. */
  find(method: string, pathname: string): RouteMatch | undefined {
    for (const { route, pattern } of this.#routes) {
      if (route.method !== method) continue;
      const match = pattern.exec(pathname);
      if (match === null) continue;
      const decoded = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]);
      return { route, path: Object.fromEntries(decoded) };
    }
    return undefined;
  }
}

function patternOf(path: string): RegExp {
  const source = path
    .split("/")
    .map((segment) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined) return segment.replaceAll(".", "\\.");
      return `(?<${name}>${multiSegment.has(name) ? ".+" : "[^/]+"})`;
    })
    .join("/");
  return new RegExp(`^${source}$`);
}
