// docs/author.md, followed from an empty folder beside git repositories that stand for GitHub's.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./blocks.ts";
import { followPage } from "./run-page.ts";

followPage("docs/author.md", async (folder) => {
  const bare = join(folder, "github/platform/bifrost-global");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare]);
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  const work = ["--git-dir", bare, "--work-tree", join(root, "examples/global")];
  execFileSync("git", [...work, "add", "--all", "."], { cwd: join(root, "examples/global") });
  execFileSync("git", [...identity, ...work, "commit", "--quiet", "--message", "Begin"]);
  return { places: { "https://github.com/": `${folder}/github/` } };
});
