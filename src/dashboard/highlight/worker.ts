// The thread in which sources are highlighted, so that a hostile one ends this thread and holds up nobody: highlighter.ts.
import { parentPort } from "node:worker_threads";
import type { CodeLanguage } from "./language.ts";
import { highlightedLines } from "./segments.ts";

/** A source to highlight. */
export interface HighlightRequest {
  readonly source: string;
  readonly language: CodeLanguage;
}

/** What the thread says once it can work. */
const ready = "ready";

parentPort?.on("message", ({ source, language }: HighlightRequest) => {
  parentPort?.postMessage(highlightedLines(source, language));
});
parentPort?.postMessage(ready);
