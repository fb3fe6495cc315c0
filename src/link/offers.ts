// What a module offers by name, for whoever asked it for a name that it has not: the nearest one, or a few.
import { createEffort } from "../workspace/effort.ts";
import type { ExportSearch } from "./exports.ts";
import { nearestNameOf } from "./nearest-name.ts";
import type { ModuleNode } from "./node.ts";

export interface Offers {
  /** The exported name that is closest to this one, if any is close. */
  nearest(module: ModuleNode, name: string): string | undefined;
  /** The first names that it exports, in the order of the alphabet, and whether there are more. */
  some(module: ModuleNode): { readonly names: readonly string[]; readonly isAll: boolean };
}

const shownMax = 5;

/** Keeps what each module offers. Once it has compared for a tenth of a second in all, it names none any more. */
export function createOffers(search: Pick<ExportSearch, "names">): Offers {
  const effort = createEffort();
  const known = new Map<ModuleNode, readonly string[]>();
  const namesOf = (module: ModuleNode): readonly string[] => {
    const found = known.get(module);
    if (found !== undefined) return found;
    const names = effort.left > 0 ? [...search.names(module)].sort() : [];
    effort.left -= names.length;
    known.set(module, names);
    return names;
  };
  return {
    nearest: (module, name) => nearestNameOf(name, namesOf(module), effort),
    some(module) {
      const names = namesOf(module).filter((name) => name !== "default");
      return { names: names.slice(0, shownMax), isAll: names.length <= shownMax };
    },
  };
}
