// What a command may do to the outside: read one stream, write to two, and say how the process is to end.
import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import { isDumbTerminal } from "../config.ts";

/** 0 success, 1 the check or run failed, 2 wrong use. */
export type ExitCode = 0 | 1 | 2;

export interface CliIo {
  readonly stdin: Readable;
  /** What was asked for. With `--json` one JSON document and nothing else. */
  readonly stdout: Writable;
  /** Everything said about it. */
  readonly stderr: Writable;
  /** 0 until a command says otherwise. */
  exitCode: ExitCode;
}

/** Colours text for one stream: plain where it is no terminal or `NO_COLOR` is set. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export function styleFor(stream: Writable): Style {
  return (format, text) => styleText(format, text, { stream });
}

/** Whether people read a stream as it is written, on a terminal that obeys control sequences. */
export function isTerminal(stream: Writable): boolean {
  return "isTTY" in stream && stream.isTTY === true && !isDumbTerminal();
}

/** Prints a value as the one JSON document of a `--json` command. */
export function printJson(io: CliIo, document: unknown): void {
  io.stdout.write(`${jsonText(document, 2)}\n`);
}

/**
 * The JSON of a value, as a terminal shows it and does not obey it: JSON itself escapes only the control characters below U+0020,
 * and not those from U+007F to U+009F, nor the marks that turn the reading direction.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
