// The input of `bifrost run`: JSON on the command line, in a file, or on standard input.
import { fstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Fault } from "../errors.ts";
import type { CliIo } from "./io.ts";

/**
 * Gives the value that `--input` names: `@FILE`, `-` for standard input, or JSON itself. Throws `Fault` `wrong-use` where it
 * cannot be read or is not JSON.
 */
export async function readInput(io: Pick<CliIo, "stdin">, given: string): Promise<unknown> {
  if (given === "-") return parse(await text(io.stdin), "Standard input", "Write JSON to standard input");
  if (given.startsWith("@")) {
    const file = given.slice(1);
    return parse(await readText(file), `The file ${JSON.stringify(file)}`, "Correct the file: it has to be JSON");
  }
  const remedy =
    "Put the whole value in single quotes and every name in double quotes: --input '{\"ticketId\": 7}'; a file is named as @FILE";
  return parse(given, "The value of --input", remedy);
}

/** Whether somebody redirected a file to standard input, which only `--input -` reads. */
export function isFileRedirected({ stdin }: Pick<CliIo, "stdin">): boolean {
  if (!("fd" in stdin) || typeof stdin.fd !== "number") return false;
  const facts = fstatSync(stdin.fd);
  return facts.isFile() && facts.size > 0;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = code === "ENOENT" ? "it does not exist" : code === "EISDIR" ? "it is a folder" : `${code}`;
    throw new Fault("wrong-use", `Cannot read the file ${JSON.stringify(file)}: ${problem}`, {
      remedy: "Name a file that holds the input as JSON",
      cause: error,
    });
  }
}

function parse(json: string, what: string, remedy: string): unknown {
  try {
    // A byte order mark is no part of JSON, and some editors write one.
    return JSON.parse(json.replace(/^\ufeff/, ""));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Fault("wrong-use", `${what} is not JSON: ${problem}`, { remedy, cause: error });
  }
}
