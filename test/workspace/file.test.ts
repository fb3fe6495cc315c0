import { expect, test } from "vitest";
import {
  classify,
  decodeContent,
  entityTypeOf,
  examplePathOf,
  fileBytesMax,
  isLeftOut,
  isRunnableWorkflow,
  type TreeFile,
} from "../../src/workspace/file.ts";

const treeFile = (path: string, rest: Partial<TreeFile> = {}): TreeFile => ({
  path,
  mode: "100644",
  gitSha: "0".repeat(40),
  sizeBytes: 10,
  ...rest,
});

test.each([
  ["shared/a.ts", "module"],
  ["shared/a.mts", "module"],
  ["shared/a.js", "module"],
  ["shared/a.mjs", "module"],
  ["shared/a.json", "module"],
  ["shared/a.py", "module"],
  ["shared/a.d.ts", "module"],
  ["a.ts", "module"],
  ["workflows/a.ts", "workflow"],
  ["workflows/deep/a.py", "workflow"],
  ["workflows/a.example.json", "workflow"],
  ["workflows/a.d.ts", "workflow"],
  ["forms/a.json", "form"],
  ["forms/a.yaml", "form"],
  ["forms/a.yml", "form"],
  ["forms/a.ts", "module"],
  ["apps/a/index.html", "app"],
  ["apps/a.css", "app"],
  ["shared/a.yaml", undefined],
  ["workflows/a.yaml", undefined],
  ["README.md", undefined],
  ["shared/a.tsx", undefined],
  ["shared/a.cjs", undefined],
  ["workflow/a.md", undefined],
])("%s is a %s", (path, entityType) => {
  expect(entityTypeOf(path)).toBe(entityType);
});

test.each([
  ".github/bifrost.yml",
  ".hidden.ts",
  "shared/.secret/a.ts",
  "node_modules/x/index.js",
  "shared/node_modules/x.js",
  "package.json",
  "shared/package.json",
  "package-lock.json",
  "pnpm-lock.yaml",
  "tsconfig.json",
  "tsconfig.build.json",
  "vite.config.ts",
  "shared/a.test.ts",
  "shared/a.spec.mjs",
  "shared/a.test.d.ts",
  "shared/a.test.data.json",
])("%s is left out without being counted", (path) => {
  expect(isLeftOut(path)).toBe(true);
  expect(classify(treeFile(path))).toEqual({ kind: "leave-out" });
});

test.each(["shared/config.ts", "shared/test.ts", "shared/latest.ts", "shared/tsconfigs.ts", "shared/my-package.json"])(
  "%s is kept",
  (path) => {
    expect(classify(treeFile(path))).toMatchObject({ kind: "keep", path });
  },
);

test.each([
  [treeFile("shared/a.ts", { mode: "120000" }), "symlink"],
  [treeFile("vendor", { mode: "160000", sizeBytes: undefined }), "submodule"],
  [treeFile("shared/a\\b.ts"), "odd-path"],
  [treeFile("shared/e\u0301.ts"), "odd-path"],
  [treeFile("shared/../a.ts"), "odd-path"],
  [treeFile("../a.ts"), "odd-path"],
  [treeFile("./a.ts"), "odd-path"],
  [treeFile("logo.png"), "not-code"],
  [treeFile("shared/a.ts", { sizeBytes: fileBytesMax + 1 }), "too-large"],
])("classify() skips $0.path for the reason %s", (file, reason) => {
  expect(classify(file)).toMatchObject({ kind: "skip", skipped: { path: file.path, reason } });
});

test("classify() keeps executables and files of exactly the greatest size", () => {
  expect(classify(treeFile("a.ts", { mode: "100755", sizeBytes: fileBytesMax }))).toMatchObject({ kind: "keep" });
});

test("decodeContent() gives text as it is, with its byte order mark", () => {
  const text = "\ufeffconst x = '😀';\r\n";
  expect(decodeContent("a.ts", new TextEncoder().encode(text))).toEqual({ text });
});

test.each([
  ["binary", Uint8Array.of(97, 0, 98)],
  ["not-utf8", Uint8Array.of(0xff, 0xfe, 97)],
  ["not-utf8", Uint8Array.of(0xed, 0xa0, 0x80)],
  ["too-large", new Uint8Array(fileBytesMax + 1).fill(97)],
  ["lfs-pointer", new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")],
])("decodeContent() refuses %s", (reason, bytes) => {
  expect(decodeContent("a.ts", bytes)).toMatchObject({ path: "a.ts", reason });
});

test("isRunnableWorkflow() is true of code in workflows alone", () => {
  expect(["workflows/a.ts", "workflows/b/c.mjs"].every(isRunnableWorkflow)).toBe(true);
  const others = ["workflows/a.d.ts", "workflows/a.example.json", "workflows/a.py", "shared/a.ts", "workflows.ts"];
  expect(others.some(isRunnableWorkflow)).toBe(false);
});

test("examplePathOf() lies beside the workflow", () => {
  expect(examplePathOf("workflows/a.b.ts")).toBe("workflows/a.b.example.json");
});
