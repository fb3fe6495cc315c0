// How much two module names are alike, quickly: a file with thousands of misspelt imports compares each of them with every name
// that there is.
import { editDistance } from "./edit-distance.ts";
import type { Effort } from "./effort.ts";
import type { LayerFiles } from "./layer.ts";
import { baseName, folderOf, moduleExtension, moduleName } from "./path.ts";

/** A module name with what comparing it needs. */
export interface Likeness {
  readonly name: string;
  readonly folder: string;
  readonly leaf: string;
  readonly lower: string;
  /** Which characters it holds, one bit for each of 32 classes; and the same of its leaf. */
  readonly letters: number;
  readonly leafLetters: number;
}

// A layer's files never change, so this is worked out once for each.
const known = new WeakMap<LayerFiles, readonly Likeness[]>();

/** The likeness of every module of a layer, in the order of its files. */
export function likenessesIn(files: LayerFiles): readonly Likeness[] {
  const found = known.get(files);
  if (found !== undefined) return found;
  const likenesses: Likeness[] = [];
  for (const path of files.keys())
    if (moduleExtension(path) !== undefined) likenesses.push(likenessOf(moduleName(path)));
  known.set(files, likenesses);
  return likenesses;
}

export function likenessOf(name: string): Likeness {
  const leaf = baseName(name);
  return {
    name,
    folder: folderOf(name),
    leaf,
    lower: name.toLowerCase(),
    letters: lettersOf(name),
    leafLetters: lettersOf(leaf),
  };
}

/**
 * The edits between two names, or more than `most` where there are more. Within one folder only the last segments count; an equal
 * last segment elsewhere, and a mistake in the case of every letter, count as one edit. Takes from the effort what it compares.
 */
export function likenessDistance(
  one: Likeness,
  other: Likeness,
  isBeside: boolean,
  most: number,
  effort: Effort,
): number {
  if (one.lower.length === other.lower.length && one.lower === other.lower) return 1;
  if (isBeside) {
    return mayBeWithin(one.leaf, one.leafLetters, other.leaf, other.leafLetters, most)
      ? compared(one.leaf, other.leaf, most, effort)
      : most + 1;
  }
  if (one.leaf === other.leaf) return 1;
  return mayBeWithin(one.name, one.letters, other.name, other.letters, most)
    ? compared(one.name, other.name, most, effort)
    : most + 1;
}

function compared(one: string, other: string, most: number, effort: Effort): number {
  effort.left -= one.length * other.length;
  return editDistance(one, other, most);
}

/** One edit changes the length by one at most, and adds or takes one letter each at most. */
function mayBeWithin(one: string, letters: number, other: string, otherLetters: number, most: number): boolean {
  return Math.abs(one.length - other.length) <= most && bitCount(letters ^ otherLetters) <= 2 * most;
}

function lettersOf(text: string): number {
  let letters = 0;
  for (let index = 0; index < text.length; index += 1) letters |= 1 << (text.charCodeAt(index) & 31);
  return letters;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
