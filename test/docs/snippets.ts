// Blocks that no shell runs: each is read by what reads such a file in the product, or where it is used.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { validateWorkflow } from "@action-validator/core";
import { parse } from "yaml";
import { inspectConfig } from "../../src/config.ts";
import { environment } from "../../src/environment.ts";
import { readManifest } from "../../src/manifest/manifest.ts";
import { workspaceOf } from "../link/linking.ts";
import { type Block, root } from "./blocks.ts";

/** Gives what is wrong with a block, or undefined where nobody knows how to read it. */
export function problemsOf(block: Block): readonly string[] | undefined {
  switch (block.language) {
    case "yaml":
      return problemsOfYaml(block);
    case "json":
      return problemsOfJson(block);
    case "ts":
    case "js":
      return problemsOfModule(block);
    case "python":
      return problemsOfPython(block);
    case "ini":
      return problemsOfVariables(block);
    default:
      return undefined;
  }
}

function problemsOfYaml({ path, text }: Block): readonly string[] | undefined {
  if (path?.endsWith(".github/bifrost.yml")) {
    return readManifest(text)
      .diagnostics.filter(({ severity }) => severity === "error")
      .map(({ message }) => message);
  }
  // An action of this repository is there under the name of whoever owns it.
  const workflow = text.replaceAll(/^(\s*-? *uses: )OWNER\//gm, "$1owner/");
  if (path?.startsWith(".github/workflows/"))
    return validateWorkflow(workflow).errors.map((error) => JSON.stringify(error));
  return undefined;
}

function problemsOfJson({ text }: Block): readonly string[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [`${error}`];
  }
}

const globalFiles = filesIn(join(root, "examples/global"));

/** Links a module as an organisation's, over the global modules of examples/. */
function problemsOfModule({ path = "workflows/snippet.ts", text }: Block): readonly string[] {
  const workspace = workspaceOf({ org: { [path]: text }, global: globalFiles });
  workspace.supply(path);
  return workspace.link(path).diagnostics.map(({ code, message, line }) => `line ${line}: ${code}: ${message}`);
}

/** The Python with the packages of examples/executor/. */
export const python = process.env.BIFROST_TEST_PYTHON ?? "/usr/bin/python3";

function problemsOfPython({ text }: Block): readonly string[] {
  const compile = "import sys; compile(sys.stdin.read(), 'snippet.py', 'exec')";
  const { status, stderr } = spawnSync(python, ["-c", compile], { input: text, encoding: "utf8" });
  return status === 0 ? [] : [stderr];
}

function problemsOfVariables({ text }: Block): readonly string[] {
  const variables = parseEnv(text) as Record<string, string>;
  const unknown = Object.keys(variables).filter((name) => !(name in environment.shape));
  // One half of an app says nothing of the other half, which is elsewhere.
  const problems = inspectConfig(variables).problems.filter(({ variable }) => variable in variables);
  return [
    ...unknown.map((name) => `${name} is not read`),
    ...problems.map(({ variable, problem }) => `${variable} ${problem}`),
  ];
}

/** The files of a folder, by path. */
export function filesIn(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

/** A YAML file of the repository. */
export function yamlOf(path: string): Record<string, never> {
  return parse(readFileSync(join(root, path), "utf8"), { merge: true });
}
