// A module, or its difference, as plain text: for whoever wants the bytes.
import { compareModule } from "../../catalog/compare-module.ts";
import { type FoundModule, findModule } from "../../catalog/find-module.ts";
import { readText } from "../../catalog/module-text.ts";
import { patchText } from "../../history/file-diff.ts";
import { parsePath } from "../../workspace/path.ts";
import type { PageEdges } from "../edges.ts";
import { pageQuery } from "../query.ts";
import type { PlainText, ScopeRequest } from "../route.ts";
import { filePlace } from "./module-query.ts";

/** `/scopes/:scope/raw/:path`. */
export async function rawText(edges: PageEdges, request: ScopeRequest): Promise<PlainText | undefined> {
  const found = await find(edges, request);
  if (found === undefined) return undefined;
  const { granted, version } = found;
  return {
    text: await readText(edges, { granted, path: version.path, hash: version.hash, revision: version.made.number }),
  };
}

/** `/scopes/:scope/patch/:path`: the difference to global, or with `?at=` what that revision changed. */
export async function patchOf(edges: PageEdges, request: ScopeRequest): Promise<PlainText | undefined> {
  const found = await find(edges, request);
  const change = pageQuery(filePlace, request.url).at !== undefined;
  const comparison = found && (await compareModule(edges, found, { change }));
  return comparison && { text: patchText(comparison.diff) };
}

async function find(edges: PageEdges, { access, params, url }: ScopeRequest): Promise<FoundModule | undefined> {
  const path = parsePath(params.path ?? "");
  if (path === undefined) return undefined;
  return findModule(edges, { granted: access.granted, path, ...pageQuery(filePlace, url) });
}
