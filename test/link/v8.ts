// What V8 itself says of linked programs. Runs in a process of its own, because V8's modules are behind a flag.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Sources by URL, where each of their specifiers leads, and where to begin. */
export interface V8Graph {
  readonly entry: string;
  readonly modules: Readonly<
    Record<string, { readonly source: string; readonly imports: Readonly<Record<string, string>> }>
  >;
}

export interface V8Verdict {
  /** V8's message where the graph does not link; null where it does. */
  readonly refusal: string | null;
  /** What modules pushed onto the global `order` while they were evaluated. */
  readonly order: readonly string[];
}

/** Links and evaluates graphs in V8, one after another. TypeScript is erased before. */
export async function askV8(graphs: readonly V8Graph[]): Promise<V8Verdict[]> {
  const script = fileURLToPath(new URL("v8-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--experimental-vm-modules", "--no-warnings", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(graphs));
  return JSON.parse(await text(child.stdout)) as V8Verdict[];
}
