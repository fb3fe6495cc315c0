// The child process of the pool: takes one run at a time and answers. It is started without an environment, may neither open
// files nor connect nor start anything once it has loaded, and lives no longer than its parent.
import type { ChildMessage, ParentMessage } from "../protocol.ts";
import { type ChildRun, startRun } from "./run.ts";

let current: ChildRun | undefined;

function send(message: ChildMessage): void {
  process.send?.(message);
}

process.on("message", (message: ParentMessage) => {
  if (message.kind === "run") current = startRun(message, send);
  else current?.answer(message);
});
process.on("disconnect", () => process.exit());

// Everything is loaded by now. What is left of the permissions would only serve code that escaped its isolate.
for (const right of ["fs.read", "addon"] as const) process.permission?.drop?.(right);

send({ kind: "ready" });
