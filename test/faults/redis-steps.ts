// Cuts what a client sends to Redis into commands. Every client sends them as arrays of strings.
import type { Framer, Step } from "./cutting-proxy.ts";

/** A command is a step, named with its key; what only sets the connection up counts as well. */
export function createRedisFramer(): Framer {
  let buffered = Buffer.alloc(0);
  return (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    const steps: Step[] = [];
    for (let command = readCommand(buffered); command !== undefined; command = readCommand(buffered)) {
      steps.push({ bytes: buffered.subarray(0, command.end), name: command.words.slice(0, 2).join(" ") });
      buffered = buffered.subarray(command.end);
    }
    return steps;
  };
}

function readCommand(bytes: Buffer): { readonly words: string[]; readonly end: number } | undefined {
  const head = readNumber(bytes, 0);
  if (head === undefined) return undefined;
  const words: string[] = [];
  let { end } = head;
  for (let index = 0; index < head.number; index += 1) {
    const length = readNumber(bytes, end);
    if (length === undefined || bytes.length < length.end + length.number + 2) return undefined;
    words.push(bytes.toString("utf8", length.end, length.end + length.number));
    end = length.end + length.number + 2;
  }
  return { words, end };
}

/** Reads `*3` or `$12` with its line end. */
function readNumber(bytes: Buffer, at: number): { readonly number: number; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf("\r\n", at);
  if (lineEnd === -1) return undefined;
  return { number: Number(bytes.toString("latin1", at + 1, lineEnd)), end: lineEnd + 2 };
}
