// Programs that this process has run, so that they need not be sent again, and those that come back as one compiled script. A
// program is known by what is in it, whoever it belongs to; nothing of a run is kept.
import ivm from "isolated-vm";
import type { ModuleUrl, ProgramModule } from "../../workspace/program.ts";
import { eagerly } from "./eagerly.ts";
import { type HoistedProgram, hoist, hoistedName } from "./hoist/hoist.ts";

export interface HeldProgram {
  /** What it is known by. */
  readonly key: string;
  readonly entry: ModuleUrl;
  readonly modules: readonly ProgramModule[];
  /** The program as a script, once it has come back often enough to be worth it and where it can be one. */
  readonly compiled: CompiledProgram | undefined;
}

export interface CompiledProgram extends HoistedProgram {
  readonly code: ivm.ExternalCopy<ArrayBuffer>;
}

interface Held {
  readonly program: { -readonly [Property in keyof HeldProgram]: HeldProgram[Property] };
  readonly units: number;
  runs: number;
}

// UTF-16 units of source that are kept: 16 Mi is some 5,000 modules of 3 KB. The oldest program goes first.
const heldUnitsMax = 16 * 1024 * 1024;
// A script costs as much as some twenty runs of the modules, so a program that runs once or twice is not made one.
const runsBeforeCompiling = 2;
const compilerMegabytes = 256;

const held = new Map<string, Held>();
let heldUnits = 0;

/** The program with this key, if it is held. */
export function recallProgram(key: string): HeldProgram | undefined {
  const found = held.get(key);
  if (found === undefined) return undefined;
  held.delete(key);
  held.set(key, found);
  return found.program;
}

/** Holds a program under its key. */
export function holdProgram(key: string, entry: ModuleUrl, modules: readonly ProgramModule[]): HeldProgram {
  const units = modules.reduce((sum, { source }) => sum + source.length, 0);
  const made: Held = { program: { key, entry, modules, compiled: undefined }, units, runs: 0 };
  held.set(key, made);
  heldUnits += units;
  for (const [oldest, { units: weight }] of held) {
    if (heldUnits <= heldUnitsMax || oldest === key) break;
    held.delete(oldest);
    heldUnits -= weight;
  }
  return made.program;
}

/**
 * Counts a run of a program whose modules V8 has compiled and linked, and makes the script when it is time. For when no run is
 * under way: it takes as long as parsing and compiling everything once.
 */
export function countRun({ key }: HeldProgram): void {
  const found = held.get(key);
  if (found === undefined) return;
  found.runs += 1;
  if (found.runs === runsBeforeCompiling) found.program.compiled = compile(found.program);
}

function compile({ modules, entry }: HeldProgram): CompiledProgram | undefined {
  const hoisted = hoist(modules, entry);
  if (hoisted === undefined) return undefined;
  // One of its own, as V8 would keep what it compiled for as long as the isolate of a run lives.
  const isolate = new ivm.Isolate({ memoryLimit: compilerMegabytes });
  try {
    const { cachedData: code } = eagerly(() =>
      isolate.compileScriptSync(hoisted.script, { filename: hoistedName, produceCachedData: true }),
    ) as ivm.Script & ivm.CachedDataResult;
    return code && { ...hoisted, code };
  } catch {
    // Whatever it does not take as a script runs as modules, as it has so far.
    return undefined;
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}
