// A linked graph as the sandbox takes it: every module's source, and where each of its specifiers leads.
import type { Diagnostic } from "./diagnostic.ts";
import type { ContentHash } from "./layer.ts";
import type { WorkspacePath } from "./path.ts";
import { type Scope, scopeSlug } from "./scope.ts";

/** `bifrost://<slug>/<path>`: stack frames carry it, so they say which layer a line came from. */
export type ModuleUrl = string & { readonly __brand: "ModuleUrl" };

export function moduleUrl(scope: Scope, path: WorkspacePath): ModuleUrl {
  return `bifrost://${scopeSlug(scope)}/${path}` as ModuleUrl;
}

/** A file as people call it, such as `shared/halopsa.ts of acme`. */
export function fileTitle({ scope, path }: { readonly scope: Scope; readonly path: WorkspacePath }): string {
  return `${path} of ${scopeSlug(scope)}`;
}

/** The URL of the built-in SDK, what `import … from "bifrost"` leads to. */
export const sdkUrl = "bifrost:sdk" as ModuleUrl;

/** Names that the built-in SDK exports. */
export const sdkExports = ["context", "log"] as const;

/**
 * What the source is written in. `facade` is JavaScript that the linker wrote to give a bare folder the modules in it
 * as exports (`import { halopsa } from "shared"`); it is never shown to a person.
 */
export type ModuleLanguage = "typescript" | "javascript" | "json" | "facade";

export interface ProgramModule {
  readonly url: ModuleUrl;
  readonly language: ModuleLanguage;
  readonly source: string;
  /**
   * SHA-256 of `source`; for a facade, which is no file, the source itself after `facade:`. Anything kept from one run to
   * the next is kept under this, never under the URL.
   */
  readonly hash: ContentHash;
  /** Specifier as written to the module it leads to; `sdkUrl` is never among `Program.modules`. */
  readonly imports: Readonly<Record<string, ModuleUrl>>;
}

export interface Program {
  readonly entry: ModuleUrl;
  /** Dependencies before dependents where the graph has no cycle: evaluation order. */
  readonly modules: readonly ProgramModule[];
}

/** Answers an `import()` of a running workflow: more of the program, or why there is none. */
export type DynamicImport = (
  specifier: string,
  importer: ModuleUrl,
) => Promise<{ readonly program: Program } | { readonly diagnostic: Diagnostic }>;
