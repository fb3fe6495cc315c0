// The child process that makes scripts of programs: takes one at a time and answers. It runs none of their code, and is started
// like those that do: what it reads was written by anybody.
import { confine } from "../../confinement/confine.ts";
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

send({ kind: "ready", walls: confine() });
