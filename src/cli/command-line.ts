// One command line from arguments to exit code, and the only place where what a command threw is told to a person.
import { type Command, CommanderError } from "commander";
import { Fault } from "../errors.ts";
import { type CliIo, type ExitCode, printJson, styleFor } from "./io.ts";
import { printable } from "./printable.ts";

/**
 * Runs a program with arguments (without the interpreter's and the script's) and gives the exit code. Everything that is
 * thrown ends here: on standard error for people, as one document on standard output where `--json` was asked for.
 */
export async function runCommandLine(program: Command, io: CliIo, argv: readonly string[]): Promise<ExitCode> {
  const end = argv.indexOf("--");
  const asJson = argv.slice(0, end === -1 ? undefined : end).includes("--json");
  govern(program, io, asJson);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return io.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Asked for nothing: the help was printed already.
    if (error instanceof CommanderError && error.code === "commander.help" && !asJson) return 2;
    const group = asJson ? bareGroup(program, argv) : undefined;
    const failure = describe(group === undefined ? error : noCommand(group));
    if (asJson) {
      const { code, message, remedy } = failure;
      printJson(io, { ok: false, error: { code, message, remedy } });
    } else printFailure(io, failure);
    return failure.exitCode;
  }
}

/** The group of commands that was asked for in JSON without one of them; undefined where something else was asked for. */
function bareGroup(program: Command, argv: readonly string[]): Command | undefined {
  let group = program;
  for (const word of argv.filter((one) => one !== "--json")) {
    const next = group.commands.find((command) => command.name() === word);
    if (next === undefined) return undefined;
    group = next;
  }
  return group.commands.length > 0 ? group : undefined;
}

function noCommand(group: Command): Fault {
  const names = group.commands.map((command) => command.name());
  return new Fault("wrong-use", "No command was given", { remedy: `Name one: ${names.join(", ")}` });
}

/** Commands report through exceptions, and print only what nobody else will. */
function govern(command: Command, io: CliIo, asJson: boolean): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => asJson || io.stderr.write(text),
      outputError: () => {},
    })
    // One phrase serves the list of commands and, as a sentence, the command's own help.
    .configureHelp({ commandDescription: (shown) => sentence(shown.description()) });
  for (const child of command.commands) govern(child, io, asJson);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.]$/.test(text) ? "" : "."}`;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly exitCode: ExitCode;
  /** Where in the program, for a defect. */
  readonly stack?: string | undefined;
}

function describe(error: unknown): Failure {
  if (error instanceof CommanderError) {
    const message = error.code === "commander.help" ? "No command was given" : error.message.replace(/^error: /, "");
    return describe(new Fault("wrong-use", message.replaceAll("\n", " ")));
  }
  if (error instanceof Fault) {
    const { code, message, remedy } = error;
    // An outage is not the caller's mistake, and a script may want to try again.
    return { code, message, remedy, exitCode: error.row.retry === "later" ? 1 : 2 };
  }
  return {
    code: "unexpected",
    message: error instanceof Error ? error.message : String(error),
    remedy: "This is a defect of bifrost: report it with the command line and the lines above",
    exitCode: 1,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

function printFailure({ stderr }: CliIo, { message, remedy, stack }: Failure): void {
  const style = styleFor(stderr);
  stderr.write(`${style(["red", "bold"], "error")}: ${printable(message)}\n`);
  if (stack !== undefined) stderr.write(`${style("dim", printable(stack))}\n`);
  stderr.write(`  ${style("dim", "to do:")} ${printable(remedy)}\n`);
}
