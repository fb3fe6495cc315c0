// A program as one script with V8's code for all of it: made once, in a process that runs nothing, and taken in by the processes
// that run programs.
import ivm from "isolated-vm";
import type { ModuleUrl, ProgramModule } from "../../workspace/program.ts";
import type { ProgramScript } from "../protocol.ts";
import { eagerly } from "./eagerly.ts";
import { hoist, hoistedName } from "./hoist/hoist.ts";
// V8 takes its code only under the flags that it was made under.
import "./young-generation.ts";

const compilerMegabytes = 256;
// V8's code of 600 KB of source is 550 KB.
const codeBytesMax = 4 * 1024 * 1024;

/** Makes the script of a program whose modules V8 has compiled and linked before; gives undefined where it can be none. */
export function compileProgram(modules: readonly ProgramModule[], entry: ModuleUrl): ProgramScript | undefined {
  const isolate = new ivm.Isolate({ memoryLimit: compilerMegabytes });
  try {
    const hoisted = hoist(modules, entry);
    if (hoisted === undefined) return undefined;
    const { script: text, namespaces } = hoisted;
    const { cachedData } = eagerly(() =>
      isolate.compileScriptSync(text, { filename: hoistedName, produceCachedData: true }),
    ) as ivm.Script & ivm.CachedDataResult;
    const code = cachedData?.copy();
    if (code === undefined || code.byteLength > codeBytesMax) return undefined;
    return { text, namespaces, code: Buffer.from(code).toString("base64") };
  } catch {
    // Whatever cannot be made a script runs as modules, as it has so far.
    return undefined;
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}
