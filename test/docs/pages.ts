// Every page of documentation in the repository, and who sees to what is in its blocks.
import { execFileSync } from "node:child_process";
import { root } from "./blocks.ts";

/** Every Markdown file that is kept, by its path from the root. */
export const allPages: readonly string[] = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && !path.startsWith("examples/"))
  .sort();

/** Pages that are followed from the first block to the last, each by the test of its name. */
export const followedPages: readonly string[] = ["README.md", "docs/author.md", "docs/operator.md", "docs/executor.md"];

/** Pages whose blocks other tests see to. */
export const coveredElsewhere: readonly (readonly [pattern: RegExp, test: string])[] = [
  [/^docs\/reference\//, "test/docs/reference.test.ts"],
  [/^docs\/diagnostics\//, "test/docs/diagnostics.test.ts"],
];
