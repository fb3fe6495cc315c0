// The module that stands in for a folder when names of modules are imported from it, as `import { halopsa } from
// "shared"` does. It re-exports what the folder's index exports, if there is one, and each module under its name.
import type { ModuleUrl } from "../workspace/program.ts";
import type { FacadeNode, FileNode, ModuleNode } from "./node.ts";
import type { ExportEntry, ModuleRecord } from "./record.ts";

/** A module in a folder, under the name by which it is imported from there. */
export interface Submodule {
  readonly name: string;
  readonly module: FileNode;
}

export interface Facades {
  /** The facade of a folder with these modules. The same modules under the same names are one facade. */
  of(folder: string, index: FileNode | undefined, modules: Submodule[]): FacadeNode;
  /** One that was made before. */
  at(url: ModuleUrl): FacadeNode | undefined;
}

/** Makes facades. `inherited` gives those of a graph that this one takes modules from, which are the same where they say the same. */
export function createFacades(inherited: Facades["at"] = () => undefined): Facades {
  const facades = new Map<ModuleUrl, FacadeNode>();
  const at: Facades["at"] = (url) => facades.get(url) ?? inherited(url);
  const keep = (url: ModuleUrl, make: () => FacadeNode): FacadeNode =>
    facades.getOrInsertComputed(url, () => {
      const made = make();
      const known = inherited(url);
      return known !== undefined && isSame(known, made) ? known : made;
    });
  return {
    at,
    of(folder, index, modules) {
      const sorted = modules.toSorted((one, other) => (one.name < other.name ? -1 : 1));
      const singles = sorted.map((submodule) => {
        const url = facadeUrl(folder === "" ? submodule.name : `${folder}/${submodule.name}`);
        return keep(url, () => singleFacade(url, submodule));
      });
      const [only] = singles;
      if (index === undefined && only !== undefined && singles.length === 1) return only;
      const names = sorted.map(({ name }) => name);
      const url = `${facadeUrl(folder)}?${names.map(encodeURIComponent).join(",")}` as ModuleUrl;
      return keep(url, () => folderFacade(url, index, names, singles));
    },
  };
}

function isSame(one: FacadeNode, other: FacadeNode): boolean {
  const { targets } = other;
  return (
    one.source === other.source &&
    one.targets.length === targets.length &&
    one.targets.every((target, position) => target === targets[position])
  );
}

function facadeUrl(path: string): ModuleUrl {
  return `bifrost:facade/${path.split("/").map(encodeURIComponent).join("/")}` as ModuleUrl;
}

/**
 * One module as one named export. To V8 every `export * as name` is a binding of its own, so each name has exactly one
 * module that says it: the same name that arrives by two ways is the same thing and not ambiguous.
 */
function singleFacade(url: ModuleUrl, { name, module }: Submodule): FacadeNode {
  const source = `export * as ${JSON.stringify(name)} from ${JSON.stringify(module.url)};\n`;
  return facade(url, source, [module], new Map([[name, { kind: "local" }]]), [], undefined);
}

function folderFacade(
  url: ModuleUrl,
  index: FileNode | undefined,
  names: readonly string[],
  singles: readonly FacadeNode[],
): FacadeNode {
  const lines: string[] = [];
  const exports = new Map<string, ExportEntry>();
  const targets: ModuleNode[] = index ? [index, ...singles] : [...singles];
  if (index) {
    lines.push(`export * from ${JSON.stringify(index.url)};`);
    // `export *` leaves the default export out.
    if (index.record.exports.has("default")) {
      lines.push(`export { default } from ${JSON.stringify(index.url)};`);
      exports.set("default", { kind: "indirect", request: 0, name: "default" });
    }
  }
  for (const [position, name] of names.entries()) {
    const single = singles[position];
    if (single === undefined) continue;
    lines.push(`export { ${JSON.stringify(name)} } from ${JSON.stringify(single.url)};`);
    exports.set(name, { kind: "indirect", request: targets.indexOf(single), name });
  }
  return facade(url, `${lines.join("\n")}\n`, targets, exports, index ? [0] : [], index);
}

function facade(
  url: ModuleUrl,
  source: string,
  targets: readonly ModuleNode[],
  exports: ModuleRecord["exports"],
  stars: readonly number[],
  index: FileNode | undefined,
): FacadeNode {
  const record: ModuleRecord = {
    requests: targets.map((target) => ({
      specifier: target.url,
      span: { start: 0, end: 0 },
      jsonAttribute: undefined,
      whole: undefined,
    })),
    names: [],
    members: [],
    exports,
    stars,
    types: new Set(),
    dynamicImports: [],
    hasComputedImport: false,
    findings: [],
    isOpen: false,
  };
  return { kind: "facade", url, source, record, targets, index };
}
