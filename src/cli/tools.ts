// What checks and runs of a folder need besides its files: isolates to run code in, and processes to parse it in.
import { createRecordCache, type RecordCache } from "../link/record-cache.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { CliEdges } from "./edges.ts";

export interface Tools {
  readonly sandbox: Sandbox;
  readonly records: RecordCache;
}

/** Opens the tools for some work and closes them after it, however it ends. */
export async function withTools<Result>(
  edges: Pick<CliEdges, "openSandbox" | "openParser">,
  work: (tools: Tools) => Promise<Result>,
): Promise<Result> {
  const [parser, sandbox] = await Promise.all([edges.openParser(), edges.openSandbox()]);
  try {
    return await work({ sandbox, records: createRecordCache({ parseMany: parser.parse }) });
  } finally {
    await Promise.all([parser.close(), sandbox.close()]);
  }
}
