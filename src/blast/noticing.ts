// Which workflows of an organisation could notice a change of global at all, without parsing what the organisation wrote. A
// file can notice what it may import, and whoever may import it notices with it. All of this goes by the names that an
// import could be answered by, whichever layer answers: so it takes in more than is affected, and never less.
import { possibleSpecifiers } from "../link/possible-specifiers.ts";
import { hasModuleAt, namesAt, specifierPath } from "../workspace/cascade.ts";
import { examplePathOf, isRunnableWorkflow } from "../workspace/file.ts";
import { changedPaths, type Layer, type LayeredFile } from "../workspace/layer.ts";
import { folderOf, moduleExtension, moduleName, type WorkspacePath } from "../workspace/path.ts";
import type { GlobalChange, GlobalMoment, OwnLayer } from "./organization-view.ts";

/** Gives the names of the workflows, of the organisation and of global, that could notice the change in an organisation. */
export type Noticing = (own: OwnLayer) => Promise<ReadonlySet<string>>;

/** By the name that is asked for, the names of those that ask. */
type Askers = Map<string, Set<string>>;

/** Reads what global asks for once, for all organisations. */
export function createNoticing({ before, after }: GlobalChange): Noticing {
  const layers = [layerOf(before), layerOf(after)];
  const [earlier, later] = layers.map(({ files }) => files);
  if (earlier === undefined || later === undefined) throw new TypeError("A change has two sides");
  const changed = changedPaths(earlier, later);
  // Where no file comes or goes, every specifier leads where it led, and what leads nowhere is as wrong as it was.
  const comesOrGoes = [...changed].some((path) => !earlier.has(path) || !later.has(path));
  const { askers, hot } = readGlobal([before, after], changed, comesOrGoes);
  const hotFolders = new Set([...hot].map(folderOf));
  const workflows = new Set([before, after].flatMap((moment) => [...moment.workflows.files.keys()].map(moduleName)));
  const answering = new Map<string, ReadonlySet<string>>();

  return async (own) => {
    const files = importable(own.layer);
    const sources = await own.read(files.filter(({ path }) => moduleExtension(path) !== ".json"));
    const [ownAskers, folderAskers]: [Askers, Askers] = [new Map(), new Map()];
    const noticing = new Set<string>();
    for (const [{ path }, source] of sources) {
      const name = moduleName(path);
      const specifiers = possibleSpecifiers(source);
      if (specifiers === undefined) noticing.add(name);
      for (const specifier of specifiers ?? []) {
        const at = specifierPath(specifier, path);
        if (at === undefined) continue;
        // The names that are asked of a folder are not known here, so it is any of them.
        note(folderAskers, at, name);
        if (hotFolders.has(at)) noticing.add(name);
        for (const asked of answering.getOrInsertComputed(at, namesAt)) {
          note(ownAskers, asked, name);
          if (hot.has(asked)) noticing.add(name);
        }
        if (comesOrGoes && !layers.every((global) => hasModuleAt([own.layer, global], at))) noticing.add(name);
      }
    }
    // A Set gives what is added to it while it is gone through.
    for (const name of noticing) {
      for (const asker of ownAskers.get(name) ?? []) noticing.add(asker);
      for (const asker of folderAskers.get(folderOf(name)) ?? []) noticing.add(asker);
      for (const asker of askers.get(name) ?? []) noticing.add(asker);
    }
    const found = new Set(files.filter(({ path }) => isRunnableWorkflow(path)).map(({ path }) => moduleName(path)));
    const shared = [...workflows].filter((name) => hot.has(name) || noticing.has(name));
    if (shared.length > 0) {
      // Of global's, only those that the organisation's files may have a part in.
      const touched = spread(new Set(files.map(({ path }) => moduleName(path))), askers);
      for (const name of shared) if (touched.has(name)) found.add(name);
    }
    return new Set([...found].filter((name) => noticing.has(name) || hot.has(name)));
  };
}

/** Who asks for what in global at either moment, and which names notice the change without any organisation. */
function readGlobal(moments: readonly GlobalMoment[], changed: ReadonlySet<WorkspacePath>, comesOrGoes: boolean) {
  const askers: Askers = new Map();
  const roots = new Set<string>([...changed].map(moduleName));
  for (const moment of moments) {
    for (const file of importable(layerOf(moment))) {
      const name = moduleName(file.path);
      const asks = moment.linker.asksOf(file);
      // What nobody linked, and what may load anything, is not known to notice nothing.
      if (asks === undefined || asks.isOpen) roots.add(name);
      // What is wrong may be wrong in other words once something else is near it.
      else if (comesOrGoes && moment.linker.link(file).program === undefined) roots.add(name);
      if (changed.has(examplePathOf(file.path) as WorkspacePath)) roots.add(name);
      for (const asked of asks?.names ?? []) note(askers, asked, name);
    }
  }
  return { askers, hot: spread(roots, askers) };
}

function spread(names: Set<string>, askers: Askers): Set<string> {
  for (const name of names) for (const asker of askers.get(name) ?? []) names.add(asker);
  return names;
}

function note(askers: Askers, asked: string, asker: string): void {
  askers.getOrInsertComputed(asked, () => new Set()).add(asker);
}

function layerOf({ source }: GlobalMoment): Layer {
  const [global] = source.layers;
  if (global === undefined) throw new TypeError("Global has a layer");
  return global;
}

/** Every file that an import can lead to. */
function importable({ scope, files }: Layer): LayeredFile[] {
  const found: LayeredFile[] = [];
  for (const [path, hash] of files) if (moduleExtension(path) !== undefined) found.push({ scope, path, hash });
  return found;
}
