// What a program is known by in the processes of the sandbox: everything that a run of it depends on, and nothing else.
import { hash } from "node:crypto";
import type { Program } from "../workspace/program.ts";

const known = new WeakMap<Program, string>();

/** The SHA-256 of a program's URLs, languages, contents and imports; worked out once for each program object. */
export function programKey(program: Program): string {
  const found = known.get(program);
  if (found !== undefined) return found;
  const parts = program.modules.map(({ url, language, hash: content, imports }) => [url, language, content, imports]);
  const key = hash("sha256", JSON.stringify([program.entry, parts]));
  known.set(program, key);
  return key;
}
