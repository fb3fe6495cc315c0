// Writes the reference from what the program itself knows: commands, environment, faults, diagnostics, API and metrics.
// A test holds the committed files to what this writes.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { referencePages } from "./reference/pages.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
for (const [path, text] of await referencePages()) {
  await mkdir(dirname(`${root}${path}`), { recursive: true });
  await writeFile(`${root}${path}`, text);
  process.stdout.write(`${path}\n`);
}
