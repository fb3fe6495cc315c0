// An error as isolated-vm hands it out, read as text. It is a copy in this realm: name, message and stack are plain strings.
import type { Thrown } from "./failure.ts";

// isolated-vm's words for a thrown object that has neither message nor stack.
const lostObject = "An object was thrown from supplied code within isolated-vm";

/** Takes whatever a call into an isolate threw. Frames outside the isolate are cut off. */
export function thrownOf(error: unknown): Thrown {
  if (!(error instanceof Error))
    return { name: "", message: `Thrown value: ${JSON.stringify(error) ?? String(error)}`, stack: "" };
  if (error.message.startsWith(lostObject)) {
    return { name: "", message: "Thrown value: an object that is not an Error", stack: "" };
  }
  const stack = error.stack ?? "";
  const boundary = stack.indexOf("\n    at (<isolated-vm boundary>)");
  return { name: error.name, message: error.message, stack: boundary === -1 ? stack : stack.slice(0, boundary) };
}
