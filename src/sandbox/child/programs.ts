// Programs that this process has run, so that they need not be sent again. A program is known by what is in it, whoever it belongs
// to; nothing of a run is kept.
import ivm from "isolated-vm";
import type { ModuleUrl, ProgramModule } from "../../workspace/program.ts";
import type { ProgramScript } from "../protocol.ts";

export interface HeldProgram {
  readonly entry: ModuleUrl;
  readonly modules: readonly ProgramModule[];
  /** The program as a script, where it came with one. */
  readonly compiled: CompiledProgram | undefined;
}

export interface CompiledProgram extends Pick<ProgramScript, "text" | "namespaces"> {
  readonly code: ivm.ExternalCopy<ArrayBuffer>;
}

// UTF-16 units of source that are kept: 16 Mi is some 5,000 modules of 3 KB. The oldest program goes first.
const heldUnitsMax = 16 * 1024 * 1024;

const held = new Map<string, { readonly program: HeldProgram; readonly units: number }>();
let heldUnits = 0;

/** The program with this key, if it is held; from now on with its script where that is given. */
export function recallProgram(key: string, script: ProgramScript | undefined): HeldProgram | undefined {
  const found = held.get(key);
  if (found === undefined) return undefined;
  if (script !== undefined) return holdProgram(key, { ...found.program, script });
  held.delete(key);
  held.set(key, found);
  return found.program;
}

/** Holds a program under its key. */
export function holdProgram(
  key: string,
  given: Pick<HeldProgram, "entry" | "modules"> & { readonly script: ProgramScript | undefined },
): HeldProgram {
  const { entry, modules, script } = given;
  return hold(key, { entry, modules, compiled: script && compiledOf(script) });
}

function compiledOf({ text, namespaces, code }: ProgramScript): CompiledProgram {
  const bytes = Uint8Array.from(Buffer.from(code, "base64"));
  return { text, namespaces, code: new ivm.ExternalCopy(bytes.buffer) };
}

function hold(key: string, program: HeldProgram): HeldProgram {
  const { modules, compiled } = program;
  const units = modules.reduce((sum, { source }) => sum + source.length, compiled?.text.length ?? 0);
  heldUnits += units - (held.get(key)?.units ?? 0);
  held.delete(key);
  held.set(key, { program, units });
  for (const [oldest, { units: weight }] of held) {
    if (heldUnits <= heldUnitsMax || oldest === key) break;
    held.delete(oldest);
    heldUnits -= weight;
  }
  return program;
}
