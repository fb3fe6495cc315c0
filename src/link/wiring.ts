// Where each request of a module leads, and what there is to say where it leads nowhere. Which layer answers is the
// cascade's; here it is only asked.
import {
  createNearestName,
  type Resolution,
  resolveModule,
  resolveSubmodule,
  specifierPath,
} from "../workspace/cascade.ts";
import type { Layer, LayeredFile } from "../workspace/layer.ts";
import { folderOf } from "../workspace/path.ts";
import { createExplainer, type Explainer } from "./explain-request.ts";
import { createFacades, type Facades } from "./facade.ts";
import { createFindingList, type FindingList } from "./finding-list.ts";
import { type FileNode, type ModuleNode, sdkNode } from "./node.ts";
import type { AskedName, ModuleRequest } from "./record.ts";

export interface Wiring {
  /** What each request of the record leads to; `undefined` where it leads nowhere, which the findings explain. */
  readonly targets: readonly (ModuleNode | undefined)[];
  readonly findings: FindingList;
  /** Names that the findings already speak of. */
  readonly explained: ReadonlySet<AskedName>;
  /** Files of the graph that the module leads to. */
  readonly files: readonly LayeredFile[];
  /** False while the exports of a folder's index are not known, because files of it were not added yet. */
  readonly isComplete: boolean;
}

/** What wiring needs of the linker: the node of a file, and whether its content is there. */
export interface FileNodes {
  nodeOf(file: LayeredFile): FileNode;
  isAdded(file: LayeredFile): boolean;
}

export interface Wirer {
  wiringOf(module: FileNode): Wiring;
  resolve(specifier: string, importer: FileNode["file"]["path"]): Resolution;
  readonly explain: Explainer;
  readonly facades: Facades;
}

export function createWirer(layers: readonly Layer[], nodes: FileNodes, inheritedFacades?: Facades["at"]): Wirer {
  const nearest = createNearestName(layers);
  const explain = createExplainer(layers, nearest);
  const facades = createFacades(inheritedFacades);
  const resolutions = new Map<string, Resolution>();
  const offers = new Map<string, Offer>();
  const wirings = new Map<FileNode, Wiring>();

  const resolve: Wirer["resolve"] = (specifier, importer) => {
    // Only a relative specifier means different things in different folders.
    const key = specifier.startsWith(".") ? `${folderOf(importer)}\0${specifier}` : specifier;
    return resolutions.getOrInsertComputed(key, () => resolveModule(layers, specifier, importer, nearest));
  };

  return {
    resolve,
    explain,
    facades,
    wiringOf(module) {
      const known = wirings.get(module);
      if (known) return known;
      const wiring = wire(module);
      if (wiring.isComplete) wirings.set(module, wiring);
      return wiring;
    },
  };

  function wire(module: FileNode): Wiring {
    const { record, file } = module;
    const draft = {
      targets: new Array<ModuleNode | undefined>(record.requests.length).fill(undefined),
      findings: createFindingList(),
      explained: new Set<AskedName>(),
      files: [] as LayeredFile[],
      isComplete: true,
    };
    const namesOf = Map.groupBy(record.names, ({ request }) => request);
    // One specifier is one module to the importing one, however many statements name it.
    for (const [specifier, statements] of Map.groupBy(record.requests.entries(), ([, request]) => request.specifier)) {
      const resolution = resolve(specifier, file.path);
      const requests = statements.map(([, request]) => request);
      const names = statements.flatMap(([position]) => namesOf.get(position) ?? []);
      const asked = { module, specifier, requests, names };
      const target = targetOf(resolution, asked, draft);
      for (const [position] of statements) draft.targets[position] = target;
    }
    return draft;
  }

  function targetOf(resolution: Resolution, asked: Asked, draft: Draft): ModuleNode | undefined {
    const { module, specifier, requests } = asked;
    switch (resolution.kind) {
      case "sdk":
        for (const request of requests) draft.findings.addSaid(explain.attribute(module, request, undefined));
        return sdkNode;
      case "module": {
        for (const request of requests) {
          draft.findings.addSaid(explain.attribute(module, request, resolution.file));
          draft.findings.addSaid(explain.twins(module, request, resolution));
        }
        draft.files.push(resolution.file);
        // Only an index lies in the very folder that the specifier names.
        const isIndex = specifierPath(specifier, module.file.path) === folderOf(resolution.file.path);
        return isIndex ? throughIndex(resolution.file, asked, draft) : nodes.nodeOf(resolution.file);
      }
      case "folder":
        return throughFolder(resolution.folder, asked, draft);
      case "unsupported":
      case "missing":
        for (const request of requests) {
          draft.findings.add("error", () => explain.unresolved(module, request, resolution, "error"));
        }
        return undefined;
      default:
        throw resolution satisfies never;
    }
  }

  /** A folder with an index: what the index does not export is a module in the folder, if there is one. */
  function throughIndex(file: LayeredFile, asked: Asked, draft: Draft): ModuleNode {
    const index = nodes.nodeOf(file);
    if (asked.names.length === 0) return index;
    const offer = offerOf(index);
    if (offer === undefined) {
      draft.isComplete = false;
      return index;
    }
    const modules = new Map<string, FileNode>();
    for (const { name, span } of asked.names) {
      // An index that re-exports a name from its own folder does not thereby export it: it means the module.
      const isOwn = asked.module === index && offer.names.get(name) === asked.specifier;
      if (offer.isOpen || (offer.names.has(name) && !isOwn)) continue;
      const found = resolveSubmodule(layers, asked.specifier, name, asked.module.file.path);
      if (found.kind !== "module") continue;
      draft.findings.addSaid(explain.twinsOfName(asked.module, name, span, found));
      modules.set(name, nodes.nodeOf(found.file));
      draft.files.push(found.file);
    }
    if (modules.size === 0) return index;
    return facades.of(
      folderOf(file.path),
      index,
      Array.from(modules, ([name, module]) => ({ name, module })),
    );
  }

  /** A folder without an index offers the modules in it, each by its name, and nothing else. */
  function throughFolder(folder: string, asked: Asked, draft: Draft): ModuleNode | undefined {
    const { module, specifier, requests } = asked;
    for (const request of requests) {
      if (request.whole) draft.findings.add("error", () => explain.bareFolder(module, request, folder, "error"));
      draft.findings.addSaid(explain.attribute(module, request, undefined));
    }
    const modules = new Map<string, FileNode>();
    for (const name of asked.names) {
      const found = resolveSubmodule(layers, specifier, name.name, module.file.path);
      if (found.kind === "module") {
        draft.findings.addSaid(explain.twinsOfName(module, name.name, name.span, found));
        modules.set(name.name, nodes.nodeOf(found.file));
        draft.files.push(found.file);
        continue;
      }
      draft.explained.add(name);
      const request = module.record.requests[name.request];
      if (request === undefined) continue;
      draft.findings.add("error", () =>
        name.name === "default"
          ? explain.bareFolder(module, request, folder, "error")
          : explain.missingSubmodule(module, request, name, folder),
      );
    }
    if (modules.size === 0) return undefined;
    return facades.of(
      folder,
      undefined,
      Array.from(modules, ([name, module]) => ({ name, module })),
    );
  }

  /**
   * The names that a folder's index exports, its `export *` included. Facades play no part in it: whether a name means
   * the module of that name must not depend on who else imports what.
   */
  function offerOf(index: FileNode): Offer | undefined {
    const known = offers.get(index.url);
    if (known) return known;
    const names = new Map<string, string | undefined>();
    let isOpen = false;
    const seen = new Set<FileNode>([index]);
    for (const node of seen) {
      if (!nodes.isAdded(node.file)) return undefined;
      const { exports, requests, stars } = node.record;
      isOpen ||= node.record.isOpen;
      for (const [name, entry] of exports) {
        if (name === "default" && node !== index) continue;
        const isPassedOn = node === index && entry.kind === "indirect" && entry.name === name;
        if (!names.has(name)) names.set(name, isPassedOn ? requests[entry.request]?.specifier : undefined);
      }
      for (const star of stars) {
        const resolution = resolve(requests[star]?.specifier ?? "", node.file.path);
        if (resolution.kind === "module") seen.add(nodes.nodeOf(resolution.file));
      }
    }
    const offer = { names, isOpen };
    offers.set(index.url, offer);
    return offer;
  }
}

interface Asked {
  readonly module: FileNode;
  readonly specifier: string;
  readonly requests: readonly ModuleRequest[];
  readonly names: readonly AskedName[];
}

interface Draft {
  readonly findings: FindingList;
  readonly explained: Set<AskedName>;
  readonly files: LayeredFile[];
  isComplete: boolean;
}

interface Offer {
  /** Exported names; with each that the index only passes on under its own name, the specifier it is passed on from. */
  readonly names: ReadonlyMap<string, string | undefined>;
  readonly isOpen: boolean;
}
