// Where a diagnostic code is explained, with an example and what to do: a page of the deployment that made the finding,
// or, where its address is not known, a command.
import type { DiagnosticCode } from "./diagnostic.ts";
import { markdownCode } from "./markdown.ts";

/** The path of a code's page below the deployment's public address. */
function explanationPath(code: DiagnosticCode): string {
  return `/docs/diagnostics/${code}`;
}

/** As a line of plain text. `publicUrl` is the deployment's public address, without a slash at its end. */
export function explanationLine(code: DiagnosticCode, publicUrl: string | undefined): string {
  const where = publicUrl === undefined ? `bifrost explain ${code}` : `${publicUrl}${explanationPath(code)}`;
  return `Explained, with an example: ${where}`;
}

/** The code in Markdown, with a link to its page where there is one. */
export function explainedCode(code: DiagnosticCode, publicUrl: string | undefined): string {
  return publicUrl === undefined ? markdownCode(code) : `[${markdownCode(code)}](${publicUrl}${explanationPath(code)})`;
}
