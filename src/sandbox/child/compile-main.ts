// The child process that makes scripts of programs: takes one at a time and answers. It runs none of their code, and is started
// like those that do: what it reads was written by anybody.
import { endWithParent } from "../../orphan.ts";
import type { CompiledMessage, CompileMessage, ReadyMessage } from "../protocol.ts";
import { compileProgram } from "./compile.ts";

function send(message: CompiledMessage | ReadyMessage): void {
  process.send?.(message);
}

process.on("message", ({ program, entry, modules }: CompileMessage) => {
  send({ kind: "compiled", program, script: compileProgram(modules, entry) ?? null });
});
endWithParent();

// Everything is loaded by now. What is left of the permissions would only serve code that somehow came to run.
for (const right of ["fs.read", "addon", "worker"] as const) process.permission?.drop?.(right);

send({ kind: "ready" });
