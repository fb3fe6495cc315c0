// The import and export statements of a parsed source, as they are once types are erased.
import type * as ESTree from "oxc-parser";
import { collectBindings, isHoistedVariable } from "./bindings.ts";
import { readNamespaceMembers } from "./namespace-members.ts";
import type { AskedName, ExportEntry, ModuleRecord, ModuleRequest, SourceFinding, Span, WholeUse } from "./record.ts";
import { readAttributes } from "./request-attributes.ts";

/** Reads the record of a source that parsed without errors, all but its `import()`s. */
export function readStatements(
  program: ESTree.Program,
  source: string,
): Omit<ModuleRecord, "dynamicImports" | "hasComputedImport"> {
  const draft: Draft = {
    source,
    requests: [],
    names: [],
    exports: new Map(),
    stars: [],
    types: new Set(),
    findings: [],
    imported: new Map(),
    namespaces: new Map(),
    localExports: [],
  };
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") readImport(draft, statement);
    else if (statement.type === "ExportAllDeclaration") readExportAll(draft, statement);
    else if (statement.type === "ExportNamedDeclaration") readExportNamed(draft, statement);
    else if (statement.type === "ExportDefaultDeclaration") readExportDefault(draft, statement);
  }
  finishExports(draft, program);
  const { requests, names, exports, stars, types, findings } = draft;
  const members = readNamespaceMembers(program, draft.namespaces);
  return { requests, names, members, exports, stars, types, findings, isOpen: false };
}

interface Draft {
  readonly source: string;
  readonly requests: ModuleRequest[];
  readonly names: AskedName[];
  readonly exports: Map<string, ExportEntry>;
  readonly stars: number[];
  readonly types: Set<string>;
  readonly findings: SourceFinding[];
  readonly imported: Map<string, ImportedBinding>;
  /** The requests of `import * as`, by the local names. */
  readonly namespaces: Map<string, number>;
  readonly localExports: LocalExport[];
}

/** What an imported local name stands for. A namespace is a value of the importing module itself. */
type ImportedBinding =
  | { readonly kind: "name"; readonly request: number; readonly name: string }
  | { readonly kind: "namespace" };

/** A name of `export { … }` without `from`. What it stands for is known at the end, for imports are hoisted. */
interface LocalExport {
  readonly local: ESTree.ModuleExportName;
  readonly exported: ESTree.ModuleExportName;
}

function readImport(draft: Draft, statement: ESTree.ImportDeclaration): void {
  if (statement.importKind === "type") return;
  const kept = statement.specifiers.filter((it) => it.type !== "ImportSpecifier" || it.importKind !== "type");
  const namespace = kept.find(({ type }) => type === "ImportNamespaceSpecifier");
  const whole: WholeUse | undefined = namespace ? { kind: "namespace", span: spanOf(namespace) } : undefined;
  const request = addRequest(draft, statement, whole ?? effectOf(kept, statement.source));
  for (const specifier of kept) {
    if (specifier.type === "ImportNamespaceSpecifier") {
      draft.imported.set(specifier.local.name, { kind: "namespace" });
      draft.namespaces.set(specifier.local.name, request);
      continue;
    }
    const asked = specifier.type === "ImportSpecifier" ? specifier.imported : undefined;
    const name = asked ? nameOf(asked) : "default";
    draft.names.push({ request, name, span: spanOf(asked ?? specifier.local), form: "import" });
    draft.imported.set(specifier.local.name, { kind: "name", request, name });
  }
}

function readExportAll(draft: Draft, statement: ESTree.ExportAllDeclaration): void {
  const { exported } = statement;
  if (statement.exportKind === "type") {
    if (exported) draft.types.add(nameOf(exported));
  } else if (exported) {
    // V8 makes of `export * as name` an import and a local export, so two modules that both say it of a third differ.
    addRequest(draft, statement, { kind: "namespace", span: spanOf(exported) });
    addExport(draft, nameOf(exported), { kind: "local" }, exported);
  } else {
    const span = { start: statement.start, end: statement.source.start };
    draft.stars.push(addRequest(draft, statement, { kind: "star", span }));
  }
}

function readExportNamed(draft: Draft, statement: ESTree.ExportNamedDeclaration): void {
  const { declaration, source, attributes } = statement;
  if (declaration) {
    const { values, types } = collectBindings([declaration]);
    for (const [name, span] of values) addExport(draft, name, { kind: "local" }, span);
    for (const name of types) draft.types.add(name);
    return;
  }
  const isType = (it: ESTree.ExportSpecifier) => statement.exportKind === "type" || it.exportKind === "type";
  const kept = statement.specifiers.filter((it) => !isType(it));
  for (const it of statement.specifiers) if (isType(it)) draft.types.add(nameOf(it.exported));
  if (source === null) {
    for (const { local, exported } of kept) draft.localExports.push({ local, exported });
    return;
  }
  if (statement.exportKind === "type") return;
  const request = addRequest(draft, { source, attributes }, effectOf(kept, source));
  for (const { local, exported } of kept) {
    const name = nameOf(local);
    draft.names.push({ request, name, span: spanOf(local), form: "export" });
    addExport(draft, nameOf(exported), { kind: "indirect", request, name }, exported);
  }
}

function readExportDefault(draft: Draft, { declaration }: ESTree.ExportDefaultDeclaration): void {
  if (declaration.type === "TSInterfaceDeclaration") draft.types.add("default");
  else if (declaration.type !== "TSDeclareFunction") addExport(draft, "default", { kind: "local" }, declaration);
}

/** Holds what is exported and imported against what erasing types leaves in the source. */
function finishExports(draft: Draft, program: ESTree.Program): void {
  const bindings = collectBindings(program.body);
  for (const { local, exported } of draft.localExports) {
    const name = nameOf(local);
    const imported = draft.imported.get(name);
    if (imported?.kind === "name") {
      addExport(draft, nameOf(exported), { ...imported, kind: "indirect" }, exported);
    } else if (imported || bindings.values.has(name) || isHoistedVariable(program, name)) {
      addExport(draft, nameOf(exported), { kind: "local" }, exported);
    } else {
      draft.types.add(nameOf(exported));
      draft.findings.push(nothingToExport(local, bindings.types.has(name)));
    }
  }
  // The parser lets this pass in TypeScript, where the import might be of a type.
  for (const [name, span] of bindings.values) {
    if (!draft.imported.has(name)) continue;
    const message = `"${name}" has already been declared by an import`;
    draft.findings.push({ code: "syntax-error", ...span, message });
  }
}

/** Notes an export. In TypeScript the parser lets one name be exported twice, where one might be a type. */
function addExport(draft: Draft, name: string, entry: ExportEntry, { start, end }: Span): void {
  if (draft.exports.has(name)) {
    const message = `"${name}" is exported twice`;
    draft.findings.push({ code: "syntax-error", start, end, message, remedy: "Keep one of the two exports" });
  }
  draft.exports.set(name, entry);
}

function nothingToExport(local: ESTree.ModuleExportName, isType: boolean): SourceFinding {
  const name = nameOf(local);
  const { start, end } = local;
  if (!isType) return { code: "syntax-error", start, end, message: `Export "${name}" is not defined` };
  const message = `"${name}" is only a type, so nothing is left to export once types are erased`;
  return { code: "unsupported-syntax", start, end, message, remedy: `Write \`export type { ${name} }\`` };
}

/** A statement that takes nothing still loads the module: `import { type T } from` is `import {} from` once erased. */
function effectOf(kept: readonly unknown[], source: ESTree.StringLiteral): WholeUse | undefined {
  return kept.length === 0 ? { kind: "effect", span: spanOf(source) } : undefined;
}

function addRequest(
  draft: Draft,
  { source, attributes }: Pick<ESTree.ImportDeclaration, "source" | "attributes">,
  whole: WholeUse | undefined,
): number {
  const { jsonAttribute, findings } = readAttributes(draft.source, source, attributes);
  draft.findings.push(...findings);
  return draft.requests.push({ specifier: source.value, span: spanOf(source), jsonAttribute, whole }) - 1;
}

function nameOf(name: ESTree.ModuleExportName): string {
  return name.type === "Literal" ? name.value : name.name;
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
