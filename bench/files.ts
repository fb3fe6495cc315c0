// Files to sync: code by rule, so that every run measures the same, yet of words by chance, so that it packs as code does.
import type { WorkspacePath } from "../src/workspace/path.ts";
import type { Sources } from "./modules.ts";

const syllables = [
  "ti",
  "cket",
  "or",
  "der",
  "us",
  "er",
  "in",
  "voice",
  "as",
  "set",
  "con",
  "tract",
  "de",
  "vice",
  "ra",
  "te",
];

/** `count` modules of about `bytesEach` bytes below `shared/`, a hundred a folder. */
export function makeFiles(count: number, bytesEach: number): Map<WorkspacePath, string> {
  const files = new Map<WorkspacePath, string>();
  for (let index = 0; index < count; index += 1) {
    files.set(`shared/area${Math.floor(index / 100)}/m${index}.ts` as WorkspacePath, makeFile(index, bytesEach));
  }
  return files;
}

/** `count` of these files, changed, other ones in each turn. */
export function changeFiles(files: Sources, turn: number, count: number): Map<WorkspacePath, string> {
  const all = [...files];
  const changed = Array.from({ length: count }, (_, index) => all[(turn * 37 + index * 101) % all.length]);
  return new Map(changed.flatMap((file) => (file ? [[file[0], `${file[1]}export const turn = ${turn};\n`]] : [])));
}

function makeFile(seed: number, bytes: number): string {
  const random = randomNumbers(seed + 1);
  const word = () => Array.from({ length: 3 }, () => syllables[random() % syllables.length]).join("");
  const lines: string[] = [];
  let length = 0;
  while (length < bytes) {
    const line = `export const ${word()}${lines.length} = { ${word()}: "${word()} ${word()}", ${word()}: ${random() % 10_000} };`;
    lines.push(line);
    length += line.length + 1;
  }
  return `${lines.join("\n")}\n`;
}

/** Whole numbers from a xorshift generator. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
