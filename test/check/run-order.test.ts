// In which order the workflows of a check are run, which matters where there is not time for all of them: first those that
// the pull request itself changes, then the others by how many of the changed files they load.
import { afterAll, expect, test } from "vitest";
import { compare } from "../../src/check/compare.ts";
import type { Overlay } from "../../src/check/overlay.ts";
import { checkWorkflows } from "../../src/run/check-workflows.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { changedPaths } from "../../src/workspace/layer.ts";
import { globalScope, scopeOf } from "../../src/workspace/scope.ts";
import { type Files, layerOf, organizationOf, sourceOf } from "../blast/world.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

const acme = scopeOf(organizationOf("acme"));
const importing = (...names: string[]) =>
  `${names.map((name) => `import "shared/${name}";\n`).join("")}export default 1;\n`;

function overlayOf(before: Files, after: Files, global: Files): Overlay {
  const contents = new Map<string, string>();
  const below = layerOf(globalScope, global, contents);
  const [was, is] = [before, after].map((files) => layerOf(acme, files, contents));
  if (was === undefined || is === undefined) throw new TypeError("There are two sides");
  return {
    before: sourceOf([was, below], contents),
    source: sourceOf([is, below], contents),
    ownPaths: new Set(is.files.keys()),
    added: [],
    changed: [...changedPaths(was.files, is.files)],
    removed: [],
    skipped: [],
    conflicts: [],
  };
}

test("changed workflows are run first, then those that load most of what is changed, whoever's they are", async () => {
  const files = {
    "shared/one.ts": "export {};\n",
    "shared/two.ts": "export {};\n",
    "shared/still.ts": "export {};\n",
    "workflows/a-still.ts": importing("still"),
    "workflows/b-one.ts": importing("one"),
    "workflows/c-both.ts": importing("one", "two", "still"),
    "workflows/d-deep.ts": importing("deep"),
    "workflows/e-changed.ts": importing("still"),
  };
  const global = {
    "shared/deep.ts": 'import "shared/one";\nimport "shared/two";\n',
    "workflows/f-global.ts": importing("two"),
    "workflows/g-global.ts": importing("deep"),
  };
  const after = {
    ...files,
    "shared/one.ts": "export const one = 1;\n",
    "shared/two.ts": "export const two = 2;\n",
    "workflows/e-changed.ts": `// Changed.\n${importing("still")}`,
  };
  const merged = overlayOf(files, after, global);
  const { workflows, linker, isAffected } = await compare({}, merged);
  const order: string[] = [];
  const { source } = merged;
  const onWorkflow = ({ path, ran }: { readonly path: string; readonly ran: string }) => {
    if (ran !== "linked") order.push(path);
  };
  const request = { source, workflows, linker, isAffected, organization: null, onWorkflow };
  const { ok } = await checkWorkflows({ sandbox: { run: sandbox.run, runsAtOnce: () => 1 } }, request);
  expect(ok).toBe(true);
  expect(order).toEqual([
    "workflows/e-changed.ts",
    "workflows/c-both.ts",
    "workflows/d-deep.ts",
    "workflows/g-global.ts",
    "workflows/b-one.ts",
    "workflows/f-global.ts",
  ]);
});
