// What a stranger may read of a check. A fork belongs to whoever made it, and a check run is as public as the repository:
// names from other, private repositories of the scope must not reach it, not as a hint and not as a count.
import type { Diagnostic, DiagnosticCode } from "../workspace/diagnostic.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { type Finding, type Findings, isOwn } from "./findings.ts";
import { textOf } from "./mark.ts";
import type { Overlay } from "./overlay.ts";

/** Keeps what lies in the pull request's own files, in words that name no other file. */
export function withholdOthers(findings: Findings, merged: Overlay): Findings {
  const isShown = ({ diagnostic }: Finding) => isOwn(diagnostic, merged) && diagnostic.code !== "path-conflict";
  const workflows = findings.workflows.filter(({ path }) => merged.ownPaths.has(path as WorkspacePath));
  const ownWorkflows = new Set(workflows.map(({ path }) => path));
  const broken = [...findings.broken].filter((path) => ownWorkflows.has(path));
  return {
    errors: plainly(findings.errors.filter(isShown), ownWorkflows),
    remarks: plainly(findings.remarks.filter(isShown), ownWorkflows),
    workflows,
    broken: new Set(broken),
    isMoreWithheld: !findings.errors.every(isShown) || broken.length < findings.broken.size,
  };
}

/** Findings that come to the same words are one. */
function plainly(findings: readonly Finding[], ownWorkflows: ReadonlySet<string>): Finding[] {
  const plainest = findings.map(({ diagnostic, stops }) => ({ diagnostic: plain(diagnostic), stops }));
  return [...Map.groupBy(plainest, ({ diagnostic }) => textOf(diagnostic)).values()].flatMap((same) => {
    const diagnostic = same[0]?.diagnostic;
    if (diagnostic === undefined) return [];
    const stops = new Set(same.flatMap((one) => one.stops)).intersection(ownWorkflows);
    return [{ diagnostic, mark: diagnostic, stops: [...stops] }];
  });
}

// Findings about the text of one file alone: their words can name nothing else.
const aboutOneFile: ReadonlySet<DiagnosticCode> = new Set([
  "syntax-error",
  "config-invalid",
  "config-not-supported",
  "pin-expired",
  "scope-refused",
  "file-skipped",
]);

// What a run comes to may say anything that the code could read.
const ofRunCode: ReadonlySet<DiagnosticCode> = new Set([
  "evaluation-error",
  "timeout",
  "cancelled",
  "memory-limit",
  "output-limit",
  "sandbox-lost",
]);

/** A finding in words made of what its own file says and of nothing that was found elsewhere. */
function plain(diagnostic: Diagnostic): Diagnostic {
  const { nearest: _nearest, tried: _tried, remedy, stack: _stack, functions: _functions, ...rest } = diagnostic;
  const { specifier } = diagnostic;
  if (ofRunCode.has(diagnostic.code)) {
    return {
      ...rest,
      message: "It fails when it is run. What code of a fork says is not shown",
      remedy: 'Run "bifrost check" in a checkout of the branch to see it',
    };
  }
  const isAboutOneFile =
    aboutOneFile.has(diagnostic.code) || (diagnostic.code === "unsupported-syntax" && specifier === undefined);
  if (isAboutOneFile) return { ...rest, ...(remedy !== undefined && { remedy }) };
  // A bare name is called a package or a missing module by whether something resembles it.
  const isMissing =
    diagnostic.code === "module-not-found" ||
    (diagnostic.code === "unsupported-specifier" && specifier !== undefined && /^[^./@#:][^/:]*$/.test(specifier));
  const quoted = specifier === undefined ? "this import" : JSON.stringify(specifier);
  if (isMissing) {
    // Said of every bare name, whatever there is here, since it may well be meant as a package.
    const isBare = specifier !== undefined && !/[./]/.test(specifier);
    return {
      ...rest,
      code: "module-not-found",
      message: `Cannot find what ${quoted} names here${isBare ? ", and packages and modules of Node.js are not available to workflows" : ""}`,
      remedy: isBare ? "Copy what you need into a module, or correct the name" : "Correct the name, or add the module",
    };
  }
  if (diagnostic.code === "unsupported-specifier") return { ...rest, ...(remedy !== undefined && { remedy }) };
  return {
    ...rest,
    message: `${quoted} does not lead to what this line asks of it`,
    remedy: "Compare the line with what the imported module says",
  };
}
