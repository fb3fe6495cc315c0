// The process that parses, and does nothing else. It holds no environment and no credentials, and may die at any source.
import { parseModule } from "../link/parse.ts";
import type { ParseMessage } from "./parse-process.ts";

process.on("message", ({ sources, isRoomy }: ParseMessage) => {
  process.send?.(sources.map(({ source, language }) => parseModule(source, language, { isRoomy })));
});
// Whoever started it is gone: there is nobody left to read for.
process.on("disconnect", () => process.exit());
