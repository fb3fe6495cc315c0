// What a file of a repository is to the platform, told by its path and extension alone: nobody registers anything.
import type { ContentHash } from "./layer.ts";
import { baseName, moduleExtension, pathProblem, type WorkspacePath } from "./path.ts";

export const entityTypes = ["workflow", "form", "app", "module"] as const;
export type EntityType = (typeof entityTypes)[number];

/** A file of a git tree. `path` is relative to the binding's root folder and not yet known to be a workspace path. */
export interface TreeFile {
  readonly path: string;
  /** git's mode: `100644`, `100755`, `120000` for a symlink, `160000` for a submodule. */
  readonly mode: string;
  /** The git blob id, 40 hex digits. */
  readonly gitSha: string;
  /** Bytes, or undefined where git gives none (submodules). */
  readonly sizeBytes: number | undefined;
}

/** A file as it is stored for a scope, without its content. */
export interface StoredFile {
  readonly path: WorkspacePath;
  readonly entityType: EntityType;
  readonly hash: ContentHash;
  readonly gitSha: string;
  readonly sizeBytes: number;
  /** GitHub's id of the repository that brought it, or null for files from before there were repositories. */
  readonly repositoryId: number | null;
}

/** A file with its content, ready to be stored. */
export interface FileContent extends StoredFile {
  readonly content: string;
}

export const skipReasons = [
  "symlink",
  "submodule",
  "too-large",
  "not-code",
  "not-utf8",
  "binary",
  "lfs-pointer",
  "odd-path",
  "path-twin",
  "path-conflict",
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** A file that was seen and left out, with the reason in a code and in words for a person. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
  readonly detail: string;
}

/** A blob that was read and cannot be stored. It never can, by these rules, so nobody need read it again. */
export interface UnreadableBlob extends Omit<SkippedFile, "path"> {
  readonly gitSha: string;
}

/** What a path makes of a file: something to keep, something everyone expects to be left out, or something skipped. */
export type Classification =
  | { readonly kind: "keep"; readonly path: WorkspacePath; readonly entityType: EntityType }
  | { readonly kind: "leave-out" }
  | { readonly kind: "skip"; readonly skipped: SkippedFile };

/** 1 MiB: the most that a stored file may weigh. */
export const fileBytesMax = 1024 * 1024;

const manifestsAndLocks = new Set([
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  "deno.json",
  "deno.jsonc",
  "deno.lock",
  "jsr.json",
  "pyproject.toml",
  "poetry.lock",
  "uv.lock",
  "requirements.txt",
  "Pipfile",
  "Pipfile.lock",
]);

// A name that begins with a dot, or `node_modules`. `.` and `..` are no names but ways out of the folder, which nobody
// means: they are told of.
const leftOutSegment = /(?:^|\/)(?:\.(?!\.?(?:\/|$))|node_modules(?:\/|$))/;

/** Whether everything in a folder is left out without being counted. */
export function isFolderLeftOut(path: string): boolean {
  return leftOutSegment.test(path);
}

/** Whether a path is left out without being counted: what authors keep beside their code and nobody imports. */
export function isLeftOut(path: string): boolean {
  if (isFolderLeftOut(path)) return true;
  const name = baseName(path);
  return manifestsAndLocks.has(name) || /^tsconfig.*\.json$|\.(?:config|test|spec)\../.test(name);
}

/** The kind of entity that a path names, or `undefined` where it is nothing the platform keeps. */
export function entityTypeOf(path: string): EntityType | undefined {
  const isCode = moduleExtension(path) !== undefined || /\.d\.m?ts$/.test(path) || path.endsWith(".py");
  if (path.startsWith("workflows/")) return isCode ? "workflow" : undefined;
  if (path.startsWith("forms/")) {
    if (/\.(?:json|ya?ml)$/.test(path)) return "form";
    return isCode ? "module" : undefined;
  }
  if (path.startsWith("apps/")) return "app";
  return isCode ? "module" : undefined;
}

/**
 * Whether a stored path is a workflow that can be run here: code under `workflows/` that is neither a declaration, nor
 * JSON, nor Python.
 */
export function isRunnableWorkflow(path: string): boolean {
  const extension = moduleExtension(path);
  return path.startsWith("workflows/") && extension !== undefined && extension !== ".json";
}

/** The path of the input that a workflow is called with in a check, `<workflow>.example.json`. */
export function examplePathOf(workflow: string): string {
  const extension = moduleExtension(workflow) ?? "";
  return `${workflow.slice(0, workflow.length - extension.length)}.example.json`;
}

/** Sorts one file of a tree by its mode, path and size. Contents are judged later, by `contentProblem`. */
export function classify(file: TreeFile): Classification {
  if (isLeftOut(file.path)) return { kind: "leave-out" };
  const skip = (reason: SkipReason, detail: string): Classification => ({
    kind: "skip",
    skipped: { path: file.path, reason, detail },
  });
  if (file.mode === "120000") return skip("symlink", "Symbolic links are not followed: commit the file itself");
  if (file.mode === "160000") return skip("submodule", "Submodules are not synced: bind their repository instead");
  const problem = pathProblem(file.path);
  if (problem !== undefined) return skip("odd-path", `The path ${problem}: rename the file`);
  const entityType = entityTypeOf(file.path);
  if (entityType === undefined) return skip("not-code", notCodeWords(file.path));
  if (file.sizeBytes !== undefined && file.sizeBytes > fileBytesMax) {
    return skip("too-large", `${file.sizeBytes} bytes is over the limit of ${fileBytesMax}: split the file`);
  }
  return { kind: "keep", path: file.path as WorkspacePath, entityType };
}

// What an author would take for code or data of the platform.
const unsupportedLanguages: readonly (readonly [RegExp, string])[] = [
  [/\.[jt]sx$/, "JSX is not supported: write plain TypeScript or JavaScript, in a .ts or .js file"],
  [/\.c[jt]s$/, "CommonJS is not supported: write an ES module, in a .ts or .js file"],
  [/\.(?:jsonc|json5)$/, "JSON is kept as it is written in RFC 8259: take the comments out and name it .json"],
  [/^(?!forms\/).*\.ya?ml$/, "YAML is kept below forms/ and nowhere else: write it as .json"],
];

/** Whether a file is code or data in a language that the platform does not take, so that an import may miss it. */
export function isUnsupportedLanguage(path: string): boolean {
  return unsupportedLanguages.some(([pattern]) => pattern.test(path));
}

function notCodeWords(path: string): string {
  const known = unsupportedLanguages.find(([pattern]) => pattern.test(path));
  return known?.[1] ?? "Neither code nor a form nor part of an app";
}

/** Says why bytes cannot be stored as text, or gives the text. */
export function decodeContent(path: string, bytes: Uint8Array): { readonly text: string } | SkippedFile {
  if (bytes.length > fileBytesMax) {
    return { path, reason: "too-large", detail: `${bytes.length} bytes is over the limit of ${fileBytesMax}` };
  }
  if (bytes.includes(0)) return { path, reason: "binary", detail: "The file contains a NUL byte, so it is not text" };
  let text: string;
  try {
    // The byte order mark is kept: what is stored hashes to what git holds.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { path, reason: "not-utf8", detail: "The file is not valid UTF-8: save it as UTF-8" };
  }
  if (text.startsWith("version https://git-lfs.github.com/spec/")) {
    return { path, reason: "lfs-pointer", detail: "A Git LFS pointer, not the file: take it out of LFS" };
  }
  return { text };
}
