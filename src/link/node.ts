// A module in the graph: a file of a layer, the SDK, or a facade that the linker wrote. Where its requests lead is
// wiring.ts; what they find there is exports.ts.
import type { LayeredFile } from "../workspace/layer.ts";
import { type ModuleUrl, sdkExports, sdkUrl } from "../workspace/program.ts";
import { type ModuleRecord, recordOfNames } from "./record.ts";

export interface FileNode {
  readonly kind: "file";
  readonly url: ModuleUrl;
  readonly file: LayeredFile;
  readonly source: string;
  readonly record: ModuleRecord;
}

export interface SdkNode {
  readonly kind: "sdk";
  readonly url: ModuleUrl;
  readonly record: ModuleRecord;
}

/** JavaScript that gives a folder the modules in it as exports, on top of what its index exports, if it has one. */
export interface FacadeNode {
  readonly kind: "facade";
  readonly url: ModuleUrl;
  readonly source: string;
  readonly record: ModuleRecord;
  /** What each request of the record leads to. */
  readonly targets: readonly ModuleNode[];
  readonly index: FileNode | undefined;
}

export type ModuleNode = FileNode | SdkNode | FacadeNode;

export const sdkNode: SdkNode = { kind: "sdk", url: sdkUrl, record: recordOfNames(sdkExports) };
