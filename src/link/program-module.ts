// A linked module in the form in which the sandbox takes it.
import type { ContentHash } from "../workspace/layer.ts";
import type { ModuleUrl, ProgramModule } from "../workspace/program.ts";
import type { FacadeNode, FileNode, ModuleNode } from "./node.ts";
import { languageOf } from "./parse.ts";

/** Takes a module of a graph without errors, with what each of its requests leads to. */
export function programModule(
  module: FileNode | FacadeNode,
  targets: readonly (ModuleNode | undefined)[],
): ProgramModule {
  // No prototype: a specifier may be "__proto__" or "constructor".
  const imports: Record<string, ModuleUrl> = Object.create(null);
  for (const [position, { specifier }] of module.record.requests.entries()) {
    const target = targets[position];
    if (target) imports[specifier] = target.url;
  }
  const { url, source } = module;
  if (module.kind === "facade") {
    // It has no file whose hash it could have. Its whole source tells it apart as well as a digest of it would.
    return { url, language: "facade", source, hash: `facade:${source}` as ContentHash, imports };
  }
  return { url, language: languageOf(module.file.path) ?? "javascript", source, hash: module.file.hash, imports };
}
