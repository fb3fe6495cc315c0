// The pages of docs/diagnostics/: one for every code, and examples that bring about what they are examples of.
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { contentHash } from "../../src/digest.ts";
import { readManifest } from "../../src/manifest/manifest.ts";
import { checkWorkflows } from "../../src/run/check-workflows.ts";
import type { LayerSource } from "../../src/run/layer-source.ts";
import { createSandbox } from "../../src/sandbox/pool.ts";
import { type Diagnostic, diagnosticCodes } from "../../src/workspace/diagnostic.ts";
import { createLayer } from "../../src/workspace/layer.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { globalScope } from "../../src/workspace/scope.ts";
import { isBlock, readPage } from "./blocks.ts";

const folder = new URL("../../docs/diagnostics/", import.meta.url);
const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

const pageOf = (code: string) => readFileSync(new URL(`${code}.md`, folder), "utf8");

/** The files of a page's example: a path in back-ticks on a line of its own, and the fence below it. */
function filesOf(page: string): ReadonlyMap<string, string> {
  const found = page.matchAll(/^`([^`\n]+)`\n\n```\w+\n([\s\S]*?)```$/gm);
  return new Map(Array.from(found, ([, path = "", text = ""]) => [path, text]));
}

async function findingsOf(files: ReadonlyMap<string, string>): Promise<readonly Diagnostic[]> {
  const manifest = files.get(".github/bifrost.yml");
  if (manifest !== undefined) {
    const reading = readManifest(manifest);
    return "diagnostics" in reading ? reading.diagnostics : [];
  }
  const hashes = Array.from(files, ([path, text]) => [path as WorkspacePath, contentHash(Buffer.from(text))] as const);
  const layer = createLayer(globalScope, new Map(hashes));
  const source: LayerSource = {
    layers: [layer],
    revision: { global: 1 },
    read: async (wanted) => new Map(wanted.map((file) => [file, files.get(file.path) ?? ""])),
  };
  const limits = { wallTimeMs: 3000, memoryMegabytes: 32 };
  return (await checkWorkflows({ sandbox }, { source, organization: null, limits })).diagnostics;
}

test("every code has a page, and every page is a code's and stands in the index", () => {
  const pages = readdirSync(folder).filter((name) => name !== "README.md");
  expect(pages.sort()).toEqual(diagnosticCodes.map((code) => `${code}.md`).sort());
  const index = pageOf("README");
  for (const code of diagnosticCodes) expect(index).toContain(`[${code}](${code}.md)`);
});

test.each(diagnosticCodes)("the page of %s says what it means, shows an example and what to do", (code) => {
  expect(pageOf(code)).toMatch(
    new RegExp(`^# ${code}\n\n\\S[\\s\\S]+\n## Example\n\n\\S[\\s\\S]+\n## What to do\n\n\\S`),
  );
});

test.each(diagnosticCodes)("every block of the page of %s is a file of its example", (code) => {
  const blocks = readPage(`docs/diagnostics/${code}.md`).filter(isBlock);
  expect(blocks.map(({ path }) => path)).toEqual([...filesOf(pageOf(code)).keys()]);
});

describe("an example that is files brings about its code", () => {
  const withFiles = diagnosticCodes.filter((code) => filesOf(pageOf(code)).size > 0);

  test("most codes of linking and running have one", () => {
    expect(withFiles.length).toBeGreaterThan(10);
  });

  test.each(withFiles)("%s", async (code) => {
    const findings = await findingsOf(filesOf(pageOf(code)));
    expect(findings.map((finding) => finding.code)).toContain(code);
  });
});
