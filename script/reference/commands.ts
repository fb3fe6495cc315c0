// The page of the command line, from the commands themselves.
import { Writable } from "node:stream";
import type { Command, Option } from "commander";
import { z } from "zod";
import { failure } from "../../src/cli/document-shapes.ts";
import { JsonOption } from "../../src/cli/json-option.ts";
import { createProgram } from "../../src/cli/program.ts";
import { code, escaped, fence, page, paragraph, sentence, table } from "./markdown.ts";
import { type JsonSchema, notationOf } from "./notation.ts";

/** Every command that does something, with its whole name, in the order of the program. */
export function leafCommands(): { readonly name: string; readonly command: Command }[] {
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const refuse = () => Promise.reject(new Error("The reference runs nothing"));
  const program = createProgram(
    { stdin: process.stdin, stdout: nothing, stderr: nothing, exitCode: 0 },
    {
      openSandbox: refuse,
      openParser: refuse,
      openDeployment: refuse,
      migrate: refuse,
      examine: refuse,
      serve: refuse,
      createApp: refuse,
    },
  );
  const leaves = (command: Command, name: string): { name: string; command: Command }[] =>
    command.commands.length === 0
      ? [{ name, command }]
      : command.commands.flatMap((child) => leaves(child, `${name} ${child.name()}`));
  return leaves(program, program.name());
}

/** The schema of the document that a command prints with `--json`; undefined where it prints none. */
export function documentOf(command: Command): z.ZodType | undefined {
  return command.options.find((option) => option instanceof JsonOption)?.document();
}

/** The example lines of a command's help, without the prompt. */
export function examplesOf(command: Command): string[] {
  return Array.from(afterText(command).matchAll(/^ {2}\$ (.+)$/gm), ([, line = ""]) => line.replace(/ {2,}#.*$/, ""));
}

export function commandsPage(): string {
  const shared: Record<string, JsonSchema> = {};
  const commands = leafCommands();
  const sections = commands.map(({ name, command }) => section(name, command, shared));
  const shapes = Object.entries(shared).map(([name, { description, ...schema }]) =>
    [`### ${name}`, ...(description === undefined ? [] : [paragraph(sentence(`${description}`))]), type(schema)].join(
      "\n\n",
    ),
  );
  return page(
    "Commands",
    "Each takes `--help`. In a checkout the command is `npx bifrost`, from the npm package `npx bifrost-modules`.",
    table(
      ["exit code", "means"],
      [
        ["0", "success"],
        ["1", "a check or a run failed, something is wrong, or a server could not be reached: the same may work later"],
        ["2", "wrong use: the same line never works"],
        ["130, 143", "ended by Ctrl+C or SIGTERM"],
      ],
    ),
    "With `--json` a command prints one document on standard output and nothing else there. What stopped it is a document too, and " +
      "its code is one of the [faults](faults.md), or `unexpected`:",
    type(schemaOf(failure, shared)),
    table(
      ["command", "does"],
      commands.map(({ name, command }) => [`[${code(name)}](#${anchor(name)})`, summary(command)]),
    ),
    ...sections,
    "## Shapes",
    "Documents of several commands are made of these.",
    ...shapes,
  );
}

function section(name: string, command: Command, shared: Record<string, JsonSchema>): string {
  const help = command.createHelp();
  const parts = [`## ${name}`, paragraph(escaped(sentence(command.description())))];
  parts.push(fence("text", `${name} ${command.usage()}`));
  const rows = [
    ...help
      .visibleArguments(command)
      .map((argument) => [
        code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`),
        escaped(described(argument.description, argument.defaultValue)),
      ]),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== "--help")
      .map((option) => [code(option.flags), escaped(describedOption(option))]),
  ];
  if (rows.length > 0) parts.push(table(["argument or option", "is"], rows));
  const after = afterText(command).trim();
  if (after !== "") parts.push(fence("text", after));
  const document = documentOf(command);
  if (document !== undefined) parts.push("With `--json`:", type(schemaOf(document, shared)));
  return parts.join("\n\n");
}

function summary(command: Command): string {
  return escaped(command.summary() || command.description());
}

function describedOption({ description, defaultValue, argChoices, mandatory }: Option): string {
  const choices = argChoices === undefined ? "" : ` (${argChoices.join(", ")})`;
  return `${described(`${description}${choices}`, defaultValue)}${mandatory ? " (required)" : ""}`;
}

function described(description: string, value: unknown): string {
  return value === undefined || typeof value === "boolean" ? description : `${description} (default: ${value})`;
}

/** What a command's help says below its options. */
function afterText(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (chunk) => {
      text += chunk;
    },
  });
  command.outputHelp();
  return text.slice(command.helpInformation().length);
}

function anchor(name: string): string {
  return name.replaceAll(" ", "-");
}

function type(schema: JsonSchema): string {
  return fence("ts", notationOf(schema));
}

/** A schema in JSON Schema; what has an id goes to the shared ones. */
function schemaOf(schema: z.ZodType, shared: Record<string, JsonSchema>): JsonSchema {
  // Inside another one, so that a schema that has an id itself is referred to as well.
  const { properties = {}, $defs = {} } = z.toJSONSchema(z.object({ value: schema }));
  Object.assign(shared, $defs);
  return properties.value as JsonSchema;
}
