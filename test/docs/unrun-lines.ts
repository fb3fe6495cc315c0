// Lines of a shell that a test cannot run, such as those of containers and of the tests themselves: checked as far as they can
// be, which is that what they name is there and that the program takes the options.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import manifest from "../../package.json" with { type: "json" };
import { leafCommands } from "../../script/reference/commands.ts";
import { root } from "./blocks.ts";
import { wordsOf } from "./shell-words.ts";
import { yamlOf } from "./snippets.ts";

/** Gives what is wrong with each line of a block; a line that nobody knows is wrong. */
export async function problemsOfLines(text: string): Promise<string[]> {
  const problems: string[] = [];
  for (const line of text.replaceAll(/\\\n\s*/g, "").split("\n")) {
    const words = wordsOf(line).filter((word) => !/^[A-Z_]+=/.test(word));
    if (words.length === 0) continue;
    const problem = await problemOf(words);
    if (problem !== undefined) problems.push(`${line.trim()}: ${problem}`);
  }
  return problems;
}

async function problemOf(words: readonly string[]): Promise<string | undefined> {
  const [program = "", ...args] = words;
  if (program.startsWith("script/")) return isProgram(program) ? pathsIn(args) : `there is no ${program}`;
  switch (program) {
    case "npm":
      return problemOfNpm(args);
    case "npx":
      return problemOfNpx(args);
    case "node":
      return pathsIn(args);
    case "bifrost":
      return problemOfBifrost(args);
    case "docker":
      return problemOfDocker(args);
    case "kubectl":
      return problemOfKubectl(args);
    case "git":
    case "cd":
      return undefined;
    default:
      return "nobody knows how to check this line";
  }
}

function isProgram(path: string): boolean {
  return existsSync(join(root, path)) && (statSync(join(root, path)).mode & 0o111) !== 0;
}

/** Of arguments, those that look like paths of the repository must be there. */
function pathsIn(args: readonly string[]): string | undefined {
  const missing = args.filter((arg) => /^[\w.-]+\//.test(arg) && !existsSync(join(root, arg)));
  return missing.length === 0 ? undefined : `there is no ${missing.join(" and no ")}`;
}

function problemOfNpm([verb = "", script = "", ...args]: readonly string[]): string | undefined {
  if (["ci", "install", "link"].includes(verb)) return undefined;
  const name = verb === "run" ? script : verb;
  return name in manifest.scripts ? pathsIn(args) : `package.json has no script ${name}`;
}

async function problemOfNpx([name = "", ...args]: readonly string[]): Promise<string | undefined> {
  if (name === "bifrost" || name === manifest.name) return problemOfBifrost(args);
  return existsSync(join(root, "node_modules/.bin", name)) ? pathsIn(args) : `there is no ${name}`;
}

/** Whether the command line takes the words: they are read as it reads them, and nothing is done. */
export async function problemOfBifrost(args: readonly string[]): Promise<string | undefined> {
  const line = ["bifrost", ...args].join(" ");
  const found = leafCommands()
    .filter(({ name }) => line === name || line.startsWith(`${name} `))
    .at(-1);
  if (found === undefined) return "bifrost has no such command";
  let isTaken = false;
  found.command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {
      isTaken = true;
    });
  try {
    await found.command.parseAsync(args.slice(found.name.split(" ").length - 1), { from: "user" });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return isTaken ? undefined : "the command does not take this";
}

/** The values of an option, written `--name value` or `--name=value`. */
function optionsOf(args: readonly string[], ...names: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const [name = "", value] = arg.split("=", 2);
    return names.includes(name) ? [value ?? args[index + 1] ?? ""] : [];
  });
}

const composeVerbs = ["up", "down", "ps", "logs", "exec", "run", "pull", "restart", "stop", "config"];

function problemOfDocker(args: readonly string[]): string | undefined {
  const files = optionsOf(args, "--file", "-f");
  const missing = files.filter((file) => !existsSync(join(root, file)));
  if (missing.length > 0) return `there is no ${missing.join(" and no ")}`;
  if (args[0] === "build" || args[0] === "run" || args[0] === "pull") return undefined;
  if (args[0] !== "compose" || files[0] === undefined) return "docker is run to build, or as compose with its --file";
  const verb = args.find((arg) => composeVerbs.includes(arg));
  if (verb === undefined) return "compose has no such command";
  const { services } = yamlOf(files[0]);
  const named = args
    .slice(args.indexOf(verb) + 1)
    .filter((arg) => !arg.startsWith("-"))
    .slice(0, ["exec", "run", "logs", "restart", "stop"].includes(verb) ? 1 : 0);
  const unknown = [...named, ...optionsOf(args, "--scale").map((value) => value.split("=", 1)[0] ?? "")].filter(
    (name) => !(name in (services ?? {})),
  );
  return unknown.length === 0 ? undefined : `${files[0]} has no service ${unknown.join(" and no ")}`;
}

const kubernetes = parseAllDocuments(readFileSync(join(root, "deploy/kubernetes.yaml"), "utf8")).map((document) =>
  document.toJSON(),
);

function problemOfKubectl(args: readonly string[]): string | undefined {
  const missing = optionsOf(args, "--filename", "-f").filter((file) => !existsSync(join(root, file)));
  if (missing.length > 0) return `there is no ${missing.join(" and no ")}`;
  const namespaces = optionsOf(args, "--namespace", "-n").filter(
    (name) => !kubernetes.some(({ metadata }) => metadata.namespace === name),
  );
  if (namespaces.length > 0) return `deploy/kubernetes.yaml has no namespace ${namespaces.join(" and no ")}`;
  const deployments = args.flatMap((arg) => /^deployments?\/(.+)$/.exec(arg)?.[1] ?? []);
  const unknown = deployments.filter(
    (name) => !kubernetes.some(({ kind, metadata }) => kind === "Deployment" && metadata.name === name),
  );
  return unknown.length === 0 ? undefined : `deploy/kubernetes.yaml has no deployment ${unknown.join(" and no ")}`;
}
