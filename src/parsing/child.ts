// The process that parses, and does nothing else. It holds no environment and no credentials, and may die at any source.
import { confine } from "../confinement/confine.ts";
import { parseModule } from "../link/parse.ts";
import { endWithParent } from "../orphan.ts";
import { type ParseMessage, ready } from "./parse-message.ts";

process.on("message", ({ sources, isRoomy }: ParseMessage) => {
  process.send?.(sources.map(({ source, language }) => parseModule(source, language, { isRoomy })));
});
endWithParent();
// The parser loads parts of itself at their first use.
for (const language of ["javascript", "typescript"] as const) parseModule("export default 0;", language);
confine();
process.send?.(ready);
