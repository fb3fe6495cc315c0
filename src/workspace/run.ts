// What goes into a run and what comes out of it. How it is run is the sandbox's business.
import type { Diagnostic } from "./diagnostic.ts";
import type { ContentHash } from "./layer.ts";
import type { WorkspacePath } from "./path.ts";
import type { DynamicImport, Program } from "./program.ts";

/** What a workflow may know about its own run: the default export's second argument, and `context` of the SDK. */
export interface RunContext {
  readonly organization: { readonly id: string; readonly slug: string } | null;
  /** The workflow's path. */
  readonly workflow: string;
  /** The revision of each layer, by slug, that the run sees from first import to last. */
  readonly revision: Readonly<Record<string, number>>;
}

/** Upper bounds of one run. Each has its default in `defaultRunLimits`. */
export interface RunLimits {
  readonly memoryMegabytes: number;
  readonly wallTimeMs: number;
  readonly outputBytes: number;
  readonly resultBytes: number;
}

export const defaultRunLimits: RunLimits = {
  memoryMegabytes: 128,
  wallTimeMs: 10_000,
  outputBytes: 1024 * 1024,
  resultBytes: 1024 * 1024,
};

export interface RunRequest {
  readonly program: Program;
  readonly context: RunContext;
  /** The default export's first argument, as JSON can carry it. */
  readonly input?: unknown;
  /** `evaluate` runs the top level of every module and calls nothing. */
  readonly mode: "call" | "evaluate";
  readonly limits?: Partial<RunLimits>;
  readonly dynamicImport?: DynamicImport;
  /**
   * Whose run it is, such as a scope's key: keys take turns, and none has more runs under way than its share, so that
   * one organisation's runs do not hold up another's. Runs without a key take turns as one, and no share bounds them.
   */
  readonly fairnessKey?: string;
  /** Ends the run early: its outcome is then `cancelled`. */
  readonly signal?: AbortSignal;
}

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
}

/** How a run ended. A fault of the workflow's code is a diagnostic in here; the run itself never throws. */
export interface RunOutcome {
  readonly ok: boolean;
  /** What the default export returned, as JSON; null where it returned nothing or was not called. */
  readonly result: unknown;
  readonly logs: readonly LogLine[];
  readonly durationMs: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** A file that a run was made of: a module, or the workflow itself. */
export interface UsedModule {
  /** The slug of the layer that it was found in. */
  readonly scope: string;
  readonly path: WorkspacePath;
  readonly hash: ContentHash;
  /** The revision of that layer that the run saw; 0 where nothing was ever synced, such as for a folder. */
  readonly revision: number;
}
