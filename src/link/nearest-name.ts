// Which exported name somebody probably meant. Modules have their own rule, beside the cascade that knows them.
import { editDistance } from "../workspace/edit-distance.ts";
import { createEffort, type Effort } from "../workspace/effort.ts";

/**
 * The closest of `names` to the one asked for: at most two edits or a third of its length, whichever is more, and less
 * than half of it. Case alone is no difference. `undefined` where none is close, or where the effort does not suffice to say
 * so; the first wins among equals.
 */
export function nearestNameOf(
  wanted: string,
  names: Iterable<string>,
  effort: Effort = createEffort(),
): string | undefined {
  let best: string | undefined;
  let reach = Math.max(2, Math.floor(wanted.length / 3));
  const folded = wanted.toLowerCase();
  for (const name of names) {
    effort.left -= 1;
    if (Math.abs(name.length - wanted.length) > reach) continue;
    const isSameWord = name.toLowerCase() === folded;
    if (!isSameWord) effort.left -= name.length * wanted.length;
    if (effort.left < 0) return undefined;
    const distance = isSameWord ? 0 : editDistance(wanted, name, reach);
    if (distance > reach || distance >= wanted.length / 2) continue;
    best = name;
    reach = distance - 1;
    if (reach < 0) break;
  }
  return best;
}
