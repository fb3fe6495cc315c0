// Checks the names that a module asks of others, and words for those that are not there.
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { moduleExtension } from "../workspace/path.ts";
import { fileTitle } from "../workspace/program.ts";
import { diagnosticAt } from "./explain-request.ts";
import type { ExportAnswer, ExportSearch } from "./exports.ts";
import { createFindingList, type FindingList } from "./finding-list.ts";
import type { FileNode, ModuleNode } from "./node.ts";
import type { Offers } from "./offers.ts";
import type { AskedName } from "./record.ts";
import type { Wiring } from "./wiring.ts";

export interface CheckedNames {
  /** One for each name that is asked for in vain, at that name. */
  readonly findings: FindingList;
  /** A name was found although there is a circle on the way. */
  readonly hasCircle: boolean;
}

/** Looks for every name that a module asks of others. */
export function checkNames(module: FileNode, wiring: Wiring, search: ExportSearch, offers: Offers): CheckedNames {
  let hasCircle = false;
  const findings = createFindingList();
  const wasSpent = search.isSpent();
  for (const asked of module.record.names) {
    const target = wiring.targets[asked.request];
    if (target === undefined || wiring.explained.has(asked)) continue;
    const answer = search.resolve(target, asked.name);
    switch (answer.kind) {
      case "found":
        hasCircle ||= answer.isCircular;
        break;
      case "unknown":
        break;
      case "ambiguous":
        if (answer.isReportedElsewhere) break;
        findings.add("error", () => ambiguous(module, asked, target, answer.between));
        break;
      case "absent":
        if (answer.isReportedElsewhere) break;
        findings.add("error", () => absent(module, asked, { target, answer, search, offers }));
        break;
      default:
        throw answer satisfies never;
    }
  }
  for (const taken of module.record.members) {
    const target = wiring.targets[taken.request];
    if (target === undefined || wiring.explained.has(taken)) continue;
    const answer = search.resolve(target, taken.name);
    // It is undefined where it is taken, which stops nobody from going on.
    if (answer.kind !== "absent" || answer.isReportedElsewhere) continue;
    findings.add("warning", () => ({
      ...absent(module, taken, { target, answer, search, offers }),
      severity: "warning",
    }));
  }
  const [first] = module.record.names;
  if (first !== undefined && (wasSpent || search.isSpent())) findings.add("error", () => givenUp(module, first));
  return { findings, hasCircle };
}

/** For names that were not all looked for, so that nobody knows whether they are there. */
function givenUp(module: FileNode, { span, request }: AskedName): Diagnostic {
  const specifier = module.record.requests[request]?.specifier ?? "";
  return diagnosticAt(module, span, "export-not-found", "error", {
    message: "The names that are imported here were not all looked for: re-exports lead through too many modules",
    specifier,
    remedy: "Import names from where they are declared, in place of modules that `export *` from one another",
  });
}

/** For a name that ECMAScript would find and V8 does not, because of a circle on the way. */
export function circularName(module: FileNode, { name, span, request }: AskedName): Diagnostic {
  const specifier = module.record.requests[request]?.specifier ?? "";
  return diagnosticAt(module, span, "export-not-found", "error", {
    message: `The export ${JSON.stringify(name)} of ${JSON.stringify(specifier)} comes back to this module by a circle of re-exports`,
    specifier,
    remedy: "Export it from where it is declared",
  });
}

function ambiguous(
  module: FileNode,
  { name, span, request }: AskedName,
  target: ModuleNode,
  [one, other]: readonly [ModuleNode, ModuleNode],
): Diagnostic {
  const specifier = module.record.requests[request]?.specifier;
  return diagnosticAt(module, span, "ambiguous-export", "error", {
    message: `${titleOf(target)} exports ${JSON.stringify(name)} twice by \`export *\`: from ${titleOf(one)} and from ${titleOf(other)}`,
    ...(specifier === undefined ? {} : { specifier }),
    remedy: `Say which one is meant with \`export { ${name} } from …\` in ${titleOf(target)}, or import it from where it is declared`,
  });
}

interface Unanswered {
  readonly target: ModuleNode;
  readonly answer: Extract<ExportAnswer, { kind: "absent" }>;
  readonly search: ExportSearch;
  readonly offers: Offers;
}

function absent(
  module: FileNode,
  { name, span, request, form }: AskedName,
  { target, answer, search, offers }: Unanswered,
): Diagnostic {
  const specifier = module.record.requests[request]?.specifier ?? "";
  const at = (message: string, remedy: string, nearest?: string) =>
    diagnosticAt(module, span, "export-not-found", "error", {
      message,
      specifier,
      ...(nearest === undefined ? {} : { nearest }),
      remedy,
    });
  const quoted = JSON.stringify(name);
  const title = titleOf(target);
  if (search.isType(target, name)) {
    return at(`${title} exports ${quoted} only as a type, and types are erased`, `Write \`${form} type { ${name} }\``);
  }
  if (answer.isCircular) {
    return at(
      `${title} re-exports ${quoted} in a circle that leads to no value`,
      "Export it from where it is declared",
    );
  }
  if (target.kind === "file" && moduleExtension(target.file.path) === ".json") {
    return at(
      `${title} is JSON and exports nothing but its value, as default: there is no ${quoted}`,
      `Write \`import data from ${JSON.stringify(specifier)}\` and take data.${name}`,
    );
  }
  if (target.kind === "sdk") {
    return at(
      `${title} has no export ${quoted}`,
      `Import one of what it has: ${[...search.names(target)].sort().join(", ")}`,
    );
  }
  // Whoever wrote the import sees another module of this name, so it is not the import that is to be corrected.
  if (target.kind === "file" && module.file.scope.kind === "global" && target.file.scope.kind !== "global") {
    const asked = name === "default" ? "a default export" : `the export ${quoted}`;
    return at(
      `${title} overrides what global's ${module.file.path} imports, and lacks ${asked}`,
      `Give ${target.file.path} of ${target.file.scope.slug} ${asked}, or delete the override`,
    );
  }
  if (name === "default") {
    return at(`${title} has no default export`, `Write \`export default\` there${offered(offers, target)}`);
  }
  const nearest = offers.nearest(target, name);
  if (nearest !== undefined) {
    return at(`${title} has no export ${quoted}`, `Write ${JSON.stringify(nearest)} if that is what you mean`, nearest);
  }
  return at(`${title} has no export ${quoted}`, `Export ${quoted} there${offered(offers, target)}`);
}

/** What a module offers instead, in a few words. */
function offered(offers: Offers, module: ModuleNode): string {
  const { names, isAll } = offers.some(module);
  return names.length === 0 ? "" : `, or import one of its names: ${names.join(", ")}${isAll ? "" : ", …"}`;
}

/** A module as a person knows it. A facade is called by the folder's index, for it has nothing else to be blamed for. */
function titleOf(module: ModuleNode): string {
  if (module.kind === "sdk") return `The built-in module "bifrost"`;
  if (module.kind === "file") return fileTitle(module.file);
  return module.index ? fileTitle(module.index.file) : module.url;
}
