// `git apply`, the judge of every patch that is printed.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Contents by path. */
export type Tree = Readonly<Record<string, string>>;

/** What a patch makes of a tree. Throws where git refuses it. */
export function applied(before: Tree, patch: string): Tree {
  const folder = mkdtempSync(join(tmpdir(), "bifrost-diff-"));
  try {
    for (const [path, content] of Object.entries(before)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const env = { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: tmpdir(), GIT_CONFIG_GLOBAL: "/dev/null" };
    if (patch !== "") execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input: patch, env });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      files.map((entry) => {
        const at = join(entry.parentPath, entry.name);
        return [at.slice(folder.length + 1), readFileSync(at, "utf8")];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
