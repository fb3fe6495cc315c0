// Programs that come back, as one compiled script each: see child/hoist/hoist.ts. Scripts are made beside the runs, in a process of
// their own, and are known by what is in the program, whoever it belongs to.
import { createRecent } from "../recent.ts";
import type { Program } from "../workspace/program.ts";
import { type CompileProcess, startCompileProcess } from "./compile-process.ts";
import { programKey } from "./program-key.ts";
import type { ProgramScript } from "./protocol.ts";
import type { MemoryWatch } from "./resident.ts";

export interface Scripts {
  /** A program's script, where it has one by now. */
  of(program: Program): ProgramScript | undefined;
  /** Counts a run that showed that V8 takes the program; has its script made when it has come back often enough. */
  countRun(program: Program): void;
  /** Lets a program be no script any more. */
  refuse(program: Program): void;
  close(): Promise<void>;
}

// A script costs as much as some twenty runs of the modules, so a program that runs once or twice is not made one.
const runsBeforeCompiling = 2;
// What a script is made of, in UTF-16 units: beyond this, bringing it into an isolate would be felt by the next run.
const sourceUnitsMax = 2 * 1024 * 1024;
// What may wait its turn. A program that found no place counts its next runs anew.
const waitingMax = 100;
const keptBytesMax = 64 * 1024 * 1024;
// A key, and what a Map needs for it.
const entryBytes = 200;

interface Known {
  readonly runs: number;
  /** Null for a program that can be no script, or that the process was lost over: it is never tried again. */
  readonly script?: ProgramScript | null;
}

/** Makes an empty collection; its process starts with the first program that is worth it. */
export function createScripts(watch: MemoryWatch): Scripts {
  const known = createRecent<string, Known>(keptBytesMax, weightOf);
  let waiting: Program[] = [];
  let process: CompileProcess | undefined;
  let isBusy = false;
  let isClosed = false;

  async function work(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    for (let next = waiting.shift(); next !== undefined && !isClosed; next = waiting.shift()) {
      if (!process?.isAlive()) process = startCompileProcess(watch);
      const script = await process.compile(next);
      // It may have been refused in the meantime.
      if (known.get(programKey(next))?.script === null) continue;
      known.set(programKey(next), { runs: runsBeforeCompiling, script });
    }
    isBusy = false;
  }

  return {
    of: (program) => known.get(programKey(program))?.script ?? undefined,
    countRun: (program) => {
      const key = programKey(program);
      const { runs, script } = known.get(key) ?? { runs: 0 };
      if (isClosed || script !== undefined || runs >= runsBeforeCompiling) return;
      const isNext = runs + 1 === runsBeforeCompiling;
      if (isNext && isTooLarge(program)) known.set(key, { runs: runs + 1, script: null });
      else if (!isNext || waiting.length < waitingMax) known.set(key, { runs: runs + 1 });
      if (!isNext || isTooLarge(program) || waiting.length >= waitingMax) return;
      waiting.push(program);
      void work();
    },
    refuse: (program) => {
      waiting = waiting.filter((other) => programKey(other) !== programKey(program));
      known.set(programKey(program), { runs: runsBeforeCompiling, script: null });
    },
    close: async () => {
      isClosed = true;
      waiting = [];
      await process?.end();
    },
  };
}

function isTooLarge({ modules }: Program): boolean {
  return modules.reduce((sum, { source }) => sum + source.length, 0) > sourceUnitsMax;
}

function weightOf({ script }: Known): number {
  return entryBytes + (script ? 2 * script.text.length + script.code.length : 0);
}
