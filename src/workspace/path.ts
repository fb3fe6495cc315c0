// Paths of workspace files: relative, with forward slashes, and never above the root.

/** A path that `parsePath` accepted: relative to the workspace's root, no empty, `.` or `..` segment, NFC. */
export type WorkspacePath = string & { readonly __brand: "WorkspacePath" };

/** Why a path cannot be a workspace path, in words that follow "because it …". */
export type PathProblem = string;

// PATH_MAX of Linux less the room for a checkout's own folder; git itself has no limit.
const pathBytesMax = 1024;

// Nearly every path is made of these characters alone, and then nothing else can be wrong with it. Trees hold 100,000.
const plainPath = /^(?!\.\.?(?:\/|$))[\w.-]+(?:\/(?!\.\.?(?:\/|$))[\w.-]+)*$/;

/** Says why text cannot be a workspace path, or `undefined` where it can. */
export function pathProblem(text: string): PathProblem | undefined {
  if (text.length <= pathBytesMax && plainPath.test(text)) return undefined;
  if (text === "") return "is empty";
  if (text.startsWith("/")) return "is absolute";
  if (new TextEncoder().encode(text).length > pathBytesMax) return `is longer than ${pathBytesMax} bytes`;
  if (/\p{Cc}/u.test(text)) return "contains a control character";
  if (text.includes("\\")) return "contains a backslash";
  if (text.includes("\ufffd")) return "is not valid UTF-8";
  if (text !== text.normalize("NFC")) return "is not in Unicode normalisation form C";
  for (const segment of text.split("/")) {
    if (segment === "") return "contains an empty segment";
    if (segment === "." || segment === "..") return `contains the segment "${segment}"`;
  }
  return undefined;
}

/** Takes text and gives a workspace path, or `undefined` where `pathProblem` has something to say. */
export function parsePath(text: string): WorkspacePath | undefined {
  return pathProblem(text) === undefined ? (text as WorkspacePath) : undefined;
}

/** What paths that differ in case alone have in common. */
export function foldedPath(path: WorkspacePath): string {
  return path.toLowerCase();
}

/** The folder that holds a path, `""` for the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

/** The last segment of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Joins a relative specifier to the folder it is written in. Gives `undefined` where it climbs above the root.
 * A trailing slash and `.` segments fold away, as they do in a URL.
 */
export function joinPath(folder: string, relative: string): string | undefined {
  const segments = folder === "" ? [] : folder.split("/");
  for (const segment of relative.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join("/");
}

/** Extensions that an import can reach, in the order in which the cascade tries them. */
export const moduleExtensions = [".ts", ".mts", ".js", ".mjs", ".json"] as const;
export type ModuleExtension = (typeof moduleExtensions)[number];

/** The extension by which a path can be imported, or `undefined`. Declaration files cannot be. */
export function moduleExtension(path: string): ModuleExtension | undefined {
  if (/\.d\.m?ts$/.test(path)) return undefined;
  return moduleExtensions.find((extension) => path.endsWith(extension) && path.length > extension.length);
}

/**
 * The name that a module goes by in every layer: its path without extension and without `/index`. An override is of a
 * name, so `shared/halopsa.js` of an organisation hides a global `shared/halopsa/index.ts`.
 */
export function moduleName(path: string): string {
  const extension = moduleExtension(path);
  const bare = extension === undefined ? path : path.slice(0, -extension.length);
  return bare.endsWith("/index") ? bare.slice(0, -"/index".length) : bare;
}
