// What a run would see if these folders were synced: the layers of a checked-out repository, highest first.
import { join } from "node:path";
import { Fault } from "../errors.ts";
import type { LayerSource } from "../run/layer-source.ts";
import { bindingPath } from "../workspace/binding.ts";
import { type Diagnostic, hasErrors } from "../workspace/diagnostic.ts";
import type { SkippedFile } from "../workspace/file.ts";
import { createLayer, type LayeredFile } from "../workspace/layer.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { pinExpired, pinIgnored } from "../workspace/pin-words.ts";
import type { RunContext } from "../workspace/run.ts";
import { globalScope, type Scope, scopeSlug } from "../workspace/scope.ts";
import type { FileFinder } from "./diagnostic-text.ts";
import { requireFolder } from "./folder.ts";
import { type LocalLayer, type LocalManifest, readLocalLayer, readLocalManifest } from "./local-layer.ts";
import { localScope } from "./local-organization.ts";
import type { SkippedOfLayer } from "./skipped-words.ts";

export interface WorkspaceFolders {
  /** The repository that is looked at. */
  readonly directory: string;
  /** A checkout of the global modules; without it that layer is empty. */
  readonly globalDirectory: string | undefined;
  /** `global`, a slug or an id, over what the manifest says. */
  readonly scope: string | undefined;
}

export interface LocalWorkspace {
  readonly source: LayerSource;
  readonly organization: RunContext["organization"];
  /** What is wrong with manifests and files before anything is linked. With an error in it, linking would mislead. */
  readonly diagnostics: readonly Diagnostic[];
  /** Files of the repository that would not be synced. */
  readonly skipped: readonly SkippedFile[];
  /** Those of all layers. */
  readonly allSkipped: readonly SkippedOfLayer[];
  /** The folders on disk that the layers' paths start from. */
  readonly roots: readonly string[];
  /** Whether the folder says by itself which scope it is of. */
  readonly hasManifest: boolean;
  /** Whether nothing names the scope, so that the folder's name has to do. */
  readonly isScopeGuessed: boolean;
  /** Whether there is a folder behind the global layer. */
  readonly hasGlobal: boolean;
  /** Where on disk a finding is, and in what text. */
  readonly find: FileFinder;
}

/** Reads the folders. Throws `Fault` `wrong-use` where one of them is missing. */
export function openWorkspace(folders: WorkspaceFolders): LocalWorkspace {
  const { directory, globalDirectory } = folders;
  // Both before either is read: a wrong path is said at once.
  requireFolder(directory, "the folder");
  if (globalDirectory !== undefined) requireFolder(globalDirectory, "the global folder");
  const manifest = readLocalManifest(directory, "the folder");
  const scope = localScope(folders.scope ?? manifest.request?.scope, directory);
  const own = readLocalLayer(directory, scope, manifest);
  const diagnostics = [...manifest.diagnostics, ...own.diagnostics, ...pinFindings(manifest, scope, globalDirectory)];
  const layers: LocalLayer[] = [own];
  let globalManifest: LocalManifest | undefined;
  if (scope.kind === "organization") {
    if (globalDirectory === undefined) layers.push(emptyGlobal);
    else {
      globalManifest = readLocalManifest(globalDirectory, "the global folder");
      const below = readLocalLayer(globalDirectory, globalScope, globalManifest);
      diagnostics.push(...globalFindings(globalManifest), ...below.diagnostics);
      layers.push(below);
    }
  }
  const bySlug = new Map(layers.map((layer) => [scopeSlug(layer.layer.scope), layer]));
  return {
    source: {
      layers: layers.map(({ layer }) => layer),
      // No folder has a revision; 0 is what the platform says of a scope that was never synced.
      revision: Object.fromEntries([...bySlug.keys()].map((slug) => [slug, 0])),
      read: async (files) => new Map(files.map((file) => [file, contentOf(bySlug, file)])),
    },
    organization: scope.kind === "organization" ? { id: scope.id, slug: scope.slug } : null,
    diagnostics,
    skipped: own.skipped,
    allSkipped: layers.flatMap(({ layer, skipped }) =>
      skipped.map((file) => ({ ...file, scope: scopeSlug(layer.scope) })),
    ),
    roots: layers.map(({ root }) => root).filter((root) => root !== ""),
    hasManifest: manifest.request !== undefined || hasErrors(manifest.diagnostics),
    isScopeGuessed: folders.scope === undefined && manifest.request === undefined,
    hasGlobal: scope.kind === "global" || globalDirectory !== undefined,
    find({ scope: slug, path }) {
      if (path === bindingPath) return slug === "global" ? (globalManifest ?? manifest) : manifest;
      const layer = slug === null ? undefined : bySlug.get(slug);
      if (layer === undefined || path === null) return undefined;
      return { text: layer.contents.get(path as WorkspacePath), location: join(layer.root, path) };
    },
  };
}

/** Throws `Fault` `wrong-use` where the folders cannot be taken for layers. */
export function requireValid({ diagnostics }: LocalWorkspace): void {
  if (!hasErrors(diagnostics)) return;
  const [first] = diagnostics.filter(({ severity }) => severity === "error");
  throw new Fault("wrong-use", `${first?.path}:${first?.line ?? 1}: ${first?.message}`, {
    remedy: `Correct ${bindingPath}; "bifrost check" shows everything that is wrong with it`,
  });
}

const emptyGlobal: LocalLayer = {
  layer: createLayer(globalScope, new Map()),
  contents: new Map(),
  root: "",
  skipped: [],
  diagnostics: [],
};

/** What a pin comes to where there is no server that knows of revisions. */
function pinFindings(
  { request, text }: LocalManifest,
  scope: Scope,
  globalDirectory: string | undefined,
): Diagnostic[] {
  if (request?.global === undefined || text === undefined || scope.kind === "global") return [];
  const today = new Date().toISOString().slice(0, 10);
  return [pinIgnored(request.global, globalDirectory, text), ...pinExpired(request.pinnedUntil ?? null, today, text)];
}

/** What the author of an organisation's modules is to know of the global repository's manifest. */
function globalFindings({ request, diagnostics }: LocalManifest): Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const findings: Diagnostic[] = errors.map((diagnostic) => ({ ...diagnostic, scope: "global" }));
  if (request !== undefined && request.scope !== "global") {
    findings.push({
      code: "scope-refused",
      severity: "warning",
      message: `The folder given as --global asks for the scope "${request.scope}"; it is taken for global here`,
      scope: "global",
      path: bindingPath,
      line: null,
      column: null,
      remedy: "Give the checkout of the global modules",
    });
  }
  return findings;
}

function contentOf(layers: ReadonlyMap<string, LocalLayer>, { scope, path }: LayeredFile): string {
  const content = layers.get(scopeSlug(scope))?.contents.get(path);
  if (content === undefined) throw new TypeError(`${path} is in no layer of this workspace`);
  return content;
}
