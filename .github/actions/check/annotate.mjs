// Prints the findings of a report as GitHub's workflow commands, which become annotations at their lines, and a last line
// that says how it went. Arguments: the report, the folder that its paths are in, and the folder of the global layer, if any.
import { readFileSync } from "node:fs";
import { posix } from "node:path";

const [, , reportPath, folder, globalFolder] = process.argv;
const report = JSON.parse(readFileSync(reportPath, "utf8"));

// What ends a message or a property in the syntax of workflow commands.
const message = (text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text) => message(`${text}`).replaceAll(":", "%3A").replaceAll(",", "%2C");

const print = (line) => process.stdout.write(`${line}\n`);

const found = [...report.diagnostics, ...report.workflows.flatMap(({ diagnostics }) => diagnostics)];
const unlike = new Map(found.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]));
for (const { severity, code, message: text, remedy, scope, path, line, column } of unlike.values()) {
  const root = scope === "global" && globalFolder ? globalFolder : folder;
  const place = path ? `file=${property(posix.join(root, path))},line=${line ?? 1},col=${column ?? 1},` : "";
  print(`::${severity} ${place}title=${property(code)}::${message(remedy ? `${text}\n${remedy}` : text)}`);
}
const failed = report.workflows.filter(({ status }) => status === "failed").length;
print(
  report.ok
    ? `All ${report.workflows.length} workflows passed`
    : `${failed} of ${report.workflows.length} workflows failed`,
);
