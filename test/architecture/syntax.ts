// Walks the syntax trees of src/, for rules that imports alone do not show.
import { parseSync } from "oxc-parser";
import { readSource } from "./imports.ts";

/** A node of an ESTree, of whichever type. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Visit {
  readonly node: SyntaxNode;
  /** Undefined for the program itself. */
  readonly parent: SyntaxNode | undefined;
  /** The field of the parent that holds the node. */
  readonly field: string;
  /** The node as it is written. */
  readonly text: string;
  readonly file: string;
}

/** `src/<file>:<line>`, for messages. */
export function placeOf({ file, node }: Visit): string {
  return `src/${file}:${readSource(file).slice(0, node.start).split("\n").length}`;
}

const visits = new Map<string, readonly Visit[]>();

/** Every node of a file of src/, parents before children. */
export function nodesOf(file: string): readonly Visit[] {
  const known = visits.get(file) ?? [...walk(file)];
  visits.set(file, known);
  return known;
}

function* walk(file: string): Generator<Visit> {
  const source = readSource(file);
  const program: unknown = parseSync(file, source).program;
  const pending: { value: unknown; parent: SyntaxNode | undefined; field: string }[] = [
    { value: program, parent: undefined, field: "" },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, parent, field } = next;
    if (Array.isArray(value)) {
      for (const item of value.toReversed()) pending.push({ value: item, parent, field });
    } else if (isNode(value)) {
      yield { node: value, parent, field, text: source.slice(value.start, value.end), file };
      for (const [name, child] of Object.entries(value).toReversed()) {
        pending.push({ value: child, parent: value, field: name });
      }
    }
  }
}

/** Whether an identifier names a variable, and not a member, a key or a type's field. */
export function isReference({ node, parent, field }: Visit): boolean {
  if (node.type !== "Identifier" || parent === undefined) return false;
  if (field === "property") return parent.computed === true;
  return field !== "key" && !parent.type.startsWith("TS");
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
