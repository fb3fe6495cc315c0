// The process that parses, and does nothing else. It holds no environment and no credentials, and may die at any source.
import { parseModule } from "../link/parse.ts";
import type { SourceToParse } from "./parser.ts";

process.on("message", (sources: readonly SourceToParse[]) => {
  process.send?.(sources.map(({ source, language }) => parseModule(source, language)));
});
// Whoever started it is gone: there is nobody left to read for.
process.on("disconnect", () => process.exit());
