// What linking needs to know of one source: what it asks for, what it offers, and what is wrong with it by itself. A
// record holds offsets and no text, so it can be kept for as long as its content hash is of interest.
import type { DiagnosticCode } from "../workspace/diagnostic.ts";

/** Offsets into the source, in UTF-16 code units, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Something wrong within one source, whatever it is linked with. Always an error. */
export interface SourceFinding extends Span {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly remedy?: string;
}

/** One `import … from` or `export … from` that is still there when types are erased. */
export interface ModuleRequest {
  readonly specifier: string;
  /** The string literal, with its quotes. */
  readonly span: Span;
  /** Where the import says `with { type: "json" }`. */
  readonly jsonAttribute: Span | undefined;
  /** Where it takes the module as a whole, and as what; `undefined` where it only takes names. */
  readonly whole: WholeUse | undefined;
}

export interface WholeUse {
  readonly kind: "namespace" | "star" | "effect";
  readonly span: Span;
}

/** A name that a request must find among the exports of its module. `request` is an index into `requests`. */
export interface AskedName {
  readonly request: number;
  readonly name: string;
  readonly span: Span;
  /** The kind of statement that asks. */
  readonly form: "import" | "export";
}

/** What stands behind an exported name. */
export type ExportEntry =
  | { readonly kind: "local" }
  | { readonly kind: "indirect"; readonly request: number; readonly name: string };

export interface ModuleRecord {
  /** In the order of the source, which is the order of evaluation. */
  readonly requests: readonly ModuleRequest[];
  readonly names: readonly AskedName[];
  /** Names that are taken of a namespace, `x.name` of `import * as x`: undefined where its module does not export them. */
  readonly members: readonly AskedName[];
  readonly exports: ReadonlyMap<string, ExportEntry>;
  /** Requests of `export * from`. */
  readonly stars: readonly number[];
  /** Names that are exported as types only. */
  readonly types: ReadonlySet<string>;
  /** `import()` with a specifier that is known without running anything. */
  readonly dynamicImports: readonly { readonly specifier: string; readonly span: Span }[];
  /** Whether there is an `import()` besides, whose specifier only the run can tell. */
  readonly hasComputedImport: boolean;
  readonly findings: readonly SourceFinding[];
  /** The source could not be understood to the end, so it may export any name. */
  readonly isOpen: boolean;
}

/** Whether a module passes on what others export. */
export function reExports({ exports, stars }: ModuleRecord): boolean {
  return stars.length > 0 || [...exports.values()].some(({ kind }) => kind === "indirect");
}

/** A record of a source that asks for nothing and offers these names. */
export function recordOfNames(names: Iterable<string>): ModuleRecord {
  return { ...emptyRecord, exports: new Map(Array.from(names, (name) => [name, { kind: "local" }])) };
}

/** A record of a source that nothing can be said of but what is wrong with it. */
export function brokenRecord(findings: readonly SourceFinding[]): ModuleRecord {
  return { ...emptyRecord, findings, isOpen: true };
}

const emptyRecord: ModuleRecord = {
  requests: [],
  names: [],
  members: [],
  exports: new Map(),
  stars: [],
  types: new Set(),
  dynamicImports: [],
  hasComputedImport: false,
  findings: [],
  isOpen: false,
};
