import { expect, test } from "vitest";
import { jobKey } from "../../src/workspace/job.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { moduleUrl } from "../../src/workspace/program.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { acme, layerOf } from "./layers.ts";

test("hasFolder() knows every folder above a file, and no file", () => {
  const layer = layerOf(globalScope, ["a/b/c.ts", "a/bb.ts", "d.ts"]);
  expect(["a", "a/b"].every((folder) => layer.hasFolder(folder))).toBe(true);
  expect(["b", "a/bb", "a/b/c.ts", "d.ts", "d"].some((folder) => layer.hasFolder(folder))).toBe(false);
});

test("a module's URL names its layer and path", () => {
  expect(moduleUrl(acme, "shared/a b.ts" as WorkspacePath)).toBe("bifrost://acme/shared/a b.ts");
  expect(moduleUrl(globalScope, "x.ts" as WorkspacePath)).toBe("bifrost://global/x.ts");
});

test("jobs about the same repository or pull request share a key, others do not", () => {
  const check = { kind: "check", repositoryId: 1, pullNumber: 2, force: false } as const;
  expect(jobKey(check)).toBe(jobKey({ ...check, force: true }));
  expect(jobKey(check)).not.toBe(jobKey({ ...check, pullNumber: 3 }));
  expect(jobKey({ kind: "sync", repositoryId: 1 })).not.toBe(jobKey({ kind: "sync", repositoryId: 2 }));
});
