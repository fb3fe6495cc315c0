// What the parent and its child processes say to each other. Everything is JSON; results cross as JSON inside a string, so that
// nothing a workflow returns is ever an object of ours before it is parsed.
import type { Walls } from "../confinement/walls.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import type { ModuleUrl, ProgramModule } from "../workspace/program.ts";
import type { LogLine, RunLimits } from "../workspace/run.ts";
import type { HoistedNamespace } from "./child/hoist/hoist.ts";

/** Starts a run. A child has at most one under way. */
export interface RunMessage {
  readonly kind: "run";
  /** Rises by one per run of a pool; an answer that names another run is late and is dropped. */
  readonly run: number;
  readonly entry: ModuleUrl;
  /** What the program is known by: the same modules under the same URLs have the same key. */
  readonly program: string;
  /** Left out where the child should hold the program from an earlier run. */
  readonly modules?: readonly ProgramModule[];
  /** The program as one script. Left out where there is none, or where the child should have it from an earlier run. */
  readonly script?: ProgramScript;
  readonly mode: "call" | "evaluate";
  /** JSON of the default export's first argument; absent for `undefined`. */
  readonly input?: string;
  /** JSON of the run's context. */
  readonly context: string;
  readonly limits: RunLimits;
}

/** A program as one script: see child/hoist/hoist.ts. */
export interface ProgramScript {
  readonly text: string;
  /** Modules whose namespaces the script takes from `handover.namespaces`, by their position there. */
  readonly namespaces: readonly HoistedNamespace[];
  /** V8's code for it, as Base64. */
  readonly code: string;
}

/** Answers an `ImportMessage`: the modules that the child does not have yet, or why there are none. */
export type ImportedMessage =
  | {
      readonly kind: "imported";
      readonly run: number;
      readonly request: number;
      readonly entry: ModuleUrl;
      readonly modules: readonly ProgramModule[];
    }
  | { readonly kind: "import-refused"; readonly run: number; readonly request: number; readonly message: string };

export type ParentMessage = RunMessage | ImportedMessage;

/** The child has loaded everything it needs, and is confined as far as the system lets it. */
export interface ReadyMessage {
  readonly kind: "ready";
  readonly walls: Walls;
}

/** The child does not hold the program of a run any more: it is to be sent again with its modules. */
export interface UnknownMessage {
  readonly kind: "unknown";
  readonly run: number;
}

export interface LogMessage {
  readonly kind: "log";
  readonly run: number;
  readonly lines: readonly LogLine[];
}

/** A running workflow called `import()` with a specifier that its program does not hold yet. */
export interface ImportMessage {
  readonly kind: "import";
  readonly run: number;
  readonly request: number;
  readonly specifier: string;
  readonly importer: ModuleUrl;
}

/** How a run ended, as far as the child could say it. */
export interface DoneMessage {
  readonly kind: "done";
  readonly run: number;
  /** JSON of what the default export returned; null where the run failed. */
  readonly result: string | null;
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Whether the program may become a script: V8 took every module, and no code words stacks itself, which would see that it is one.
   * Undefined where V8 did not take them all.
   */
  readonly isScriptable?: boolean;
  /** The process is not fit for another run. */
  readonly isSpent?: boolean;
}

export type ChildMessage = ReadyMessage | UnknownMessage | LogMessage | ImportMessage | DoneMessage;

/** Asks the process that makes scripts for one. */
export interface CompileMessage extends Pick<RunMessage, "program" | "entry"> {
  readonly kind: "compile";
  readonly modules: readonly ProgramModule[];
}

/** Its answer: null where the program cannot be a script. */
export interface CompiledMessage {
  readonly kind: "compiled";
  readonly program: string;
  readonly script: ProgramScript | null;
}
