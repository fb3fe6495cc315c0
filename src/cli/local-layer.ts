// One checked-out repository as a layer: its manifest, the files that it would sync, and what is wrong with either.
import { join } from "node:path";
import { contentHash } from "../digest.ts";
import { readManifest, selectFiles } from "../manifest/manifest.ts";
import { type BindingRequest, bindingPath, misplacedBindingPaths } from "../workspace/binding.ts";
import { misplacedManifest } from "../workspace/binding-words.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { decodeContent, entityTypeOf, isUnsupportedLanguage, type SkippedFile } from "../workspace/file.ts";
import { type ContentHash, createLayer, type Layer } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type Scope, scopeSlug } from "../workspace/scope.ts";
import { listFolder, readRegularFile, requireFolder } from "./folder.ts";

/** A repository's manifest as it lies in a folder; `request` is undefined where there is none that is valid. */
export interface LocalManifest {
  readonly request: BindingRequest | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** `undefined` where there is no such file. */
  readonly text: string | undefined;
  /** Where it lies or would lie on disk. */
  readonly location: string;
}

export interface LocalLayer {
  readonly layer: Layer;
  readonly contents: ReadonlyMap<WorkspacePath, string>;
  /** The folder on disk that the layer's paths start from. */
  readonly root: string;
  readonly skipped: readonly SkippedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the manifest of a folder. `what` names the folder where it is missing: `wrong-use`. */
export function readLocalManifest(directory: string, what: string): LocalManifest {
  requireFolder(directory, what);
  const location = join(directory, bindingPath);
  const bytes = readRegularFile(directory, bindingPath);
  if (bytes === undefined) {
    const diagnostics = findMisplaced(directory).map(misplacedManifest);
    return { request: undefined, diagnostics, text: undefined, location };
  }
  const text = new TextDecoder().decode(bytes);
  const reading = readManifest(text);
  return {
    request: "request" in reading ? reading.request : undefined,
    diagnostics: reading.diagnostics,
    text,
    location,
  };
}

/** The first file of a folder that looks like its manifest and is not at the manifest's place. */
function findMisplaced(directory: string): string[] {
  return misplacedBindingPaths.filter((path) => readRegularFile(directory, path) !== undefined).slice(0, 1);
}

/** Reads every file of a folder that would be synced. */
export function readLocalLayer(directory: string, scope: Scope, manifest: LocalManifest): LocalLayer {
  const request = manifest.request ?? { root: "", ignore: [] };
  const selection = selectFiles(listFolder(directory, request.root), request);
  const files = new Map<WorkspacePath, ContentHash>();
  const contents = new Map<WorkspacePath, string>();
  const skipped = [...selection.skipped];
  const root = join(directory, request.root);
  for (const { path } of selection.keep) {
    const bytes = readRegularFile(root, path);
    // Deleted since it was listed: as if it had never been there.
    if (bytes === undefined) continue;
    const decoded = decodeContent(path, bytes);
    if ("reason" in decoded) {
      skipped.push(decoded);
      continue;
    }
    files.set(path, contentHash(bytes));
    contents.set(path, decoded.text);
  }
  const diagnostics = skipped.flatMap((file) => skippedDiagnostic(file, scope));
  if (!selection.rootExists) diagnostics.push(missingRoot(request.root, scope));
  return { layer: createLayer(scope, files), contents, root, skipped, diagnostics };
}

/** What is said of a skipped file: a warning where an import may miss it, nothing where nobody would expect it to be kept. */
function skippedDiagnostic({ path, reason, detail }: SkippedFile, scope: Scope): Diagnostic[] {
  // Below these two folders whatever looks like code was meant for the platform; elsewhere it may be a tool's.
  const isUnsupported = isUnsupportedLanguage(path) && /^(?:workflows|shared)\//.test(path);
  if (reason === "not-code" && !isUnsupported) return [];
  const entityType = entityTypeOf(path);
  const isMissed = isUnsupported || (entityType !== undefined && entityType !== "app");
  return [
    {
      code: "file-skipped",
      severity: isMissed ? "warning" : "notice",
      message: `Skipped: ${detail}`,
      scope: scopeSlug(scope),
      path,
      line: null,
      column: null,
    },
  ];
}

function missingRoot(root: string, scope: Scope): Diagnostic {
  return {
    code: "config-invalid",
    severity: "error",
    message: `The root folder ${JSON.stringify(root)} does not exist or is empty`,
    scope: scope.kind === "global" ? "global" : null,
    path: bindingPath,
    line: null,
    column: null,
    remedy: 'Correct "root", or remove it to take the whole repository',
  };
}
