// Finds the route that answers a request. The order of the routes decides; nothing is guessed.
import { Fault } from "../errors.ts";
import type { Route } from "./http.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Gives a function from method and path to the route. It throws `not-found`, or `NotAllowed` for another method. */
export function createRouter(routes: readonly Route[]): (method: string, pathname: string) => Match {
  const patterns = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }));
  return (method, pathname) => {
    const allowed: string[] = [];
    for (const { route, pattern } of patterns) {
      const found = pattern.exec({ pathname });
      if (!found) continue;
      if (route.method === method || (route.method === "GET" && method === "HEAD")) {
        return { route, params: decoded(found.pathname.groups) };
      }
      allowed.push(route.method);
      if (route.method === "GET") allowed.push("HEAD");
    }
    if (allowed.length > 0) throw new NotAllowed(method, [...new Set(allowed)]);
    throw new Fault("not-found", "There is nothing at this address");
  };
}

/** The path exists, but not for this method. */
export class NotAllowed extends Fault {
  readonly allowed: readonly string[];

  constructor(method: string, allowed: readonly string[]) {
    super("method-not-allowed", `${method} cannot be used at this address`);
    this.allowed = allowed;
  }
}

function decoded(groups: Record<string, string | undefined>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    try {
      if (value !== undefined) params[name] = decodeURIComponent(value);
    } catch {
      throw new Fault("not-found", "There is nothing at this address");
    }
  }
  return params;
}
