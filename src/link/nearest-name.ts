// Which exported name somebody probably meant. Modules have their own rule, beside the cascade that knows them.
import { editDistance } from "../workspace/edit-distance.ts";

/**
 * The closest of `names` to the one asked for: at most two edits or a third of its length, whichever is more, and less
 * than half of it. Case alone is no difference. `undefined` where none is close; the first wins among equals.
 */
export function nearestNameOf(wanted: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let reach = Math.max(2, Math.floor(wanted.length / 3));
  for (const name of names) {
    const isSameWord = name.toLowerCase() === wanted.toLowerCase();
    const distance = isSameWord ? 0 : editDistance(wanted, name, reach);
    if (distance > reach || distance >= wanted.length / 2) continue;
    best = name;
    reach = distance - 1;
    if (reach < 0) break;
  }
  return best;
}
