// The cascade: which layer answers an import. This is the only code that decides it; imports, workflows, forms and apps
// all come through here. The layer decides first, the extension second: an organisation's `shared/halopsa.js` hides a
// global `shared/halopsa.ts`.
import type { TriedPath } from "./diagnostic.ts";
import { createEffort, type Effort } from "./effort.ts";
import type { Layer, LayeredFile } from "./layer.ts";
import { likenessDistance, likenessesIn, likenessOf } from "./likeness.ts";
import { folderOf, joinPath, moduleExtension, moduleExtensions, moduleName, type WorkspacePath } from "./path.ts";
import { scopeSlug } from "./scope.ts";

/** Why a specifier can lead nowhere, whatever the layers hold. */
export const unsupportedReasons = ["package", "node-builtin", "url", "absolute", "above-root", "empty"] as const;
export type UnsupportedReason = (typeof unsupportedReasons)[number];

/** Where a specifier leads. */
export type Resolution =
  | {
      readonly kind: "module";
      readonly file: LayeredFile;
      /** The module of the same name in the layer below that this one hides, if any. */
      readonly overrides: LayeredFile | undefined;
      /** Other files of the same layer that go by the same name, so that only the order of extensions decided. */
      readonly twins: readonly LayeredFile[];
    }
  /** A folder without an index: it offers the modules in it by name and nothing else. */
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "sdk" }
  | { readonly kind: "unsupported"; readonly reason: UnsupportedReason }
  | { readonly kind: "missing" };

/**
 * Resolves a specifier written in `importer` (`undefined`: at the workspace's root) through layers, highest first. `nearest` may
 * give what `nearestName` would, from memory or with less effort.
 */
export function resolveModule(
  layers: readonly Layer[],
  specifier: string,
  importer?: WorkspacePath,
  nearest: NearestName = (path) => nearestName(layers, path),
): Resolution {
  const target = targetOf(specifier, importer);
  if (target.kind !== "path") return target;
  for (const [index, layer] of layers.entries()) {
    const file = firstFile(layer, candidates(target.path));
    if (file === undefined) continue;
    return {
      kind: "module",
      file,
      overrides: hiddenBy(layers.slice(index + 1), file),
      twins: twinsOf(layer, file, target.path),
    };
  }
  if (target.path === "" || layers.some((layer) => layer.hasFolder(target.path)))
    return { kind: "folder", folder: target.path };
  // `import "lodash"`: one bare name that nothing here resembles is a package, and is refused as one. A name close to an
  // existing one is more likely a slip of the pen and is reported as missing, with that name.
  const isBuiltin = isNodeBuiltin(specifier);
  if ((isBuiltin || isBareName(specifier)) && nearest(target.path) === undefined) {
    return { kind: "unsupported", reason: isBuiltin ? "node-builtin" : "package" };
  }
  return { kind: "missing" };
}

/** The module that `name` means when a folder or its index is asked for it: `import { halopsa } from "shared"`. */
export function resolveSubmodule(
  layers: readonly Layer[],
  specifier: string,
  name: string,
  importer?: WorkspacePath,
): Resolution {
  if (!isSubmoduleName(name)) return { kind: "missing" };
  const target = targetOf(specifier, importer);
  if (target.kind !== "path") return { kind: "missing" };
  const path = submodulePath(target.path, name);
  for (const [index, layer] of layers.entries()) {
    const file = firstFile(layer, candidates(path));
    if (file)
      return {
        kind: "module",
        file,
        overrides: hiddenBy(layers.slice(index + 1), file),
        twins: twinsOf(layer, file, path),
      };
  }
  return { kind: "missing" };
}

/**
 * The names (`moduleName`) of every file that could answer a specifier, or answer one of the names that are asked of
 * what it leads to. A layer without a file of any of these names has no say in where they lead.
 */
export function answeringNames(specifier: string, importer: WorkspacePath, asked: Iterable<string>): Set<string> {
  const path = specifierPath(specifier, importer);
  if (path === undefined) return new Set();
  const names = namesAt(path);
  for (const name of asked) {
    if (isSubmoduleName(name)) for (const below of namesAt(submodulePath(path, name))) names.add(below);
  }
  return names;
}

/** The names of every file that could answer a specifier that means this path. */
export function namesAt(path: string): Set<string> {
  return new Set(Array.from(candidates(path), moduleName));
}

/** Whether any layer has a file for a specifier that means this path. */
export function hasModuleAt(layers: readonly Layer[], path: string): boolean {
  return layers.some((layer) => firstFile(layer, candidates(path)) !== undefined);
}

/** Every path that `resolveModule` looks at for a specifier, layer by layer, up to and including the hit. */
export function triedPaths(layers: readonly Layer[], specifier: string, importer?: WorkspacePath): TriedPath[] {
  const target = targetOf(specifier, importer);
  const tried: TriedPath[] = [];
  if (target.kind !== "path") return tried;
  for (const layer of layers) {
    for (const path of candidates(target.path)) {
      tried.push({ scope: scopeSlug(layer.scope), path });
      if (layer.files.has(path)) return tried;
    }
  }
  return tried;
}

/** The file that answers to an exact path: how forms, apps and anything else that is not imported is found. */
export function resolveFile(layers: readonly Layer[], path: WorkspacePath): LayeredFile | undefined {
  for (const layer of layers) {
    const file = firstFile(layer, [path]);
    if (file) return file;
  }
  return undefined;
}

/** Every path under which a layer may hold what goes by the name of this one, in the order in which they win. */
export function pathsOfName(path: WorkspacePath): WorkspacePath[] {
  return moduleExtension(path) === undefined ? [path] : [...candidates(moduleName(path))];
}

/** What a run over these layers can see: of each module name and of each other path, the file of the highest layer. */
export function visibleFiles(layers: readonly Layer[]): LayeredFile[] {
  const hidden = new Set<string>();
  const visible: LayeredFile[] = [];
  for (const { scope, files } of layers) {
    // Names hide from the next layer on: two files of one name in one layer can both be named, by their extensions.
    const names: string[] = [];
    for (const [path, hash] of files) {
      const name = nameInLayer(path);
      if (hidden.has(name)) continue;
      visible.push({ scope, path, hash });
      names.push(name);
    }
    for (const name of names) hidden.add(name);
  }
  return visible;
}

/** Every file of the highest layer that hides one of a layer below, with the one it hides. */
export function overridesOf(
  layers: readonly Layer[],
): { readonly file: LayeredFile; readonly overrides: LayeredFile }[] {
  const [top, ...below] = layers;
  if (top === undefined) return [];
  const found = [];
  for (const [path, hash] of top.files) {
    const file = { scope: top.scope, path, hash };
    const overrides = hiddenBy(below, file);
    if (overrides) found.push({ file, overrides });
  }
  return found;
}

/**
 * The existing module name that is closest to the one asked for, or `undefined` where none is close: at most two edits,
 * or a third of the name's length, whichever is more. Within one folder only the last segments are compared, for the
 * folder's name is no likeness; an equal last segment elsewhere counts as one edit. `undefined` also where the effort does not
 * suffice to say which one it is.
 */
export function nearestName(
  layers: readonly Layer[],
  path: string,
  effort: Effort = createEffort(),
): string | undefined {
  const wanted = likenessOf(moduleName(path));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const layer of layers) {
    for (const existing of likenessesIn(layer.files)) {
      const isBeside = existing.folder === wanted.folder;
      // Less than half: "zod" is within two edits of almost anything of three letters.
      const length = isBeside ? wanted.leaf.length : wanted.name.length;
      const reach = Math.min(Math.max(2, Math.floor(length / 3)), Math.ceil(length / 2) - 1);
      const most = Math.min(reach, best ? best.distance - 1 : reach);
      if (most < 0) continue;
      effort.left -= 1;
      if (effort.left < 0) return undefined;
      const distance = likenessDistance(wanted, existing, isBeside, most, effort);
      if (distance <= most) best = { name: existing.name, distance };
    }
  }
  return best?.name;
}

export type NearestName = (path: string) => string | undefined;

/** `nearestName` for many paths: each is looked for once, and once a tenth of a second was spent on them, none is any more. */
export function createNearestName(layers: readonly Layer[]): NearestName {
  const effort = createEffort();
  const known = new Map<string, string | undefined>();
  return (path) => known.getOrInsertComputed(path, () => nearestName(layers, path, effort));
}

/** The path that a specifier means, without looking at any layer; `undefined` where it can mean none. */
export function specifierPath(specifier: string, importer?: WorkspacePath): string | undefined {
  const target = targetOf(specifier, importer);
  return target.kind === "path" ? target.path : undefined;
}

// A workspace that has a module of one of these names gets that module.
const nodeBuiltins = new Set(
  `assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns
  dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path path/posix
  path/win32 perf_hooks process punycode querystring readline readline/promises repl stream stream/consumers
  stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm
  wasi worker_threads zlib`.split(/\s+/),
);

type Target =
  | { readonly kind: "path"; readonly path: string }
  | Exclude<Resolution, { readonly kind: "module" | "folder" | "missing" }>;

function targetOf(specifier: string, importer: WorkspacePath | undefined): Target {
  const unsupported = (reason: UnsupportedReason): Target => ({ kind: "unsupported", reason });
  if (specifier === "bifrost") return { kind: "sdk" };
  if (specifier === "") return unsupported("empty");
  if (specifier.startsWith("node:")) return unsupported("node-builtin");
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier) || specifier.startsWith("//")) return unsupported("url");
  if (specifier.startsWith("/")) return unsupported("absolute");
  if (specifier.startsWith("@") || specifier.startsWith("#")) return unsupported("package");
  const isRelative = /^\.\.?(?:\/|$)/.test(specifier);
  const path = joinPath(isRelative && importer !== undefined ? folderOf(importer) : "", specifier);
  if (path === undefined) return unsupported("above-root");
  return { kind: "path", path };
}

/** "default" is what every default import asks for, and names that are no path segment can name no module. */
function isSubmoduleName(name: string): boolean {
  return name !== "default" && name !== "" && !/[/\\]/.test(name) && !name.startsWith(".");
}

function submodulePath(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** One name without a slash or an extension, such as a package's or a folder's. */
function isBareName(specifier: string): boolean {
  return !/[/]/.test(specifier) && !specifier.startsWith(".") && moduleExtension(specifier) === undefined;
}

/** Whether a specifier is the name of a module that Node brings. */
function isNodeBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || nodeBuiltins.has(specifier);
}

/** The paths by which a layer may hold a module, in the order in which they win. */
function* candidates(path: string): Generator<WorkspacePath> {
  const extension = moduleExtension(path);
  if (extension !== undefined) {
    yield path as WorkspacePath;
    // TypeScript's habit: the import names the file that a compiler would write.
    if (extension === ".js" || extension === ".mjs") {
      yield `${path.slice(0, -extension.length)}${extension.replace("js", "ts")}` as WorkspacePath;
    }
  }
  if (path !== "") for (const known of moduleExtensions) yield `${path}${known}` as WorkspacePath;
  const folder = path === "" ? "" : `${path}/`;
  for (const known of moduleExtensions) yield `${folder}index${known}` as WorkspacePath;
}

function firstFile({ scope, files }: Layer, paths: Iterable<WorkspacePath>): LayeredFile | undefined {
  for (const path of paths) {
    const hash = files.get(path);
    if (hash !== undefined) return { scope, path, hash };
  }
  return undefined;
}

/** The name by which a file hides another: modules by module name, everything else by path. */
function nameInLayer(path: WorkspacePath): string {
  return moduleExtension(path) === undefined ? path : moduleName(path);
}

function hiddenBy(below: readonly Layer[], file: LayeredFile): LayeredFile | undefined {
  const paths = pathsOfName(file.path);
  for (const layer of below) {
    const hidden = firstFile(layer, paths);
    if (hidden) return hidden;
  }
  return undefined;
}

function twinsOf(layer: Layer, file: LayeredFile, asked: string): LayeredFile[] {
  // Whoever writes an extension means one file, if it is by the name of what a compiler makes of it.
  if (asked === file.path || moduleExtension(asked)?.replace("j", "t") === moduleExtension(file.path)) return [];
  const twins: LayeredFile[] = [];
  for (const path of candidates(moduleName(file.path))) {
    const hash = layer.files.get(path);
    if (hash !== undefined && path !== file.path) twins.push({ scope: layer.scope, path, hash });
  }
  return twins;
}
