// Members that a source takes of the namespaces that it imports (`import * as x`, `x.name`), as far as it is certain that they are
// meant to be there: where the name may stand for something else, or is only asked about, nothing is said.
import type * as ESTree from "oxc-parser";
import { Visitor } from "oxc-parser";
import { namesIn } from "./bindings.ts";
import type { AskedName, Span } from "./record.ts";

// A file that takes and asks for so much is written to be slow, or by a program that knows what is there.
const comparisonsMax = 5_000_000;

/** Gives one for each name of each namespace, where it is first taken. `namespaces` are requests by their local names. */
export function readNamespaceMembers(program: ESTree.Program, namespaces: ReadonlyMap<string, number>): AskedName[] {
  if (namespaces.size === 0) return [];
  const taken: { readonly local: string; readonly name: string; readonly span: Span }[] = [];
  const redeclared = new Set<string>();
  const asking: Span[] = [];
  const detected = new Set<string>();
  const declare = (patterns: readonly (ESTree.BindingPattern | ESTree.BindingRestElement)[]) => {
    for (const pattern of patterns) for (const { name } of namesIn(pattern)) redeclared.add(name);
  };
  const callable = ({ id, params }: { readonly id?: ESTree.BindingIdentifier | null; readonly params: unknown }) => {
    if (id) redeclared.add(id.name);
    declare((params as readonly ESTree.ParamPattern[]).map(bindingOf));
  };
  const ask = ({ start, end }: Span) => asking.push({ start, end });
  new Visitor({
    MemberExpression(node) {
      const { object, property, computed, optional } = node;
      if (object.type !== "Identifier" || !namespaces.has(object.name) || computed || optional) return;
      if (property.type !== "Identifier") return;
      const { name, start, end } = property;
      taken.push({ local: object.name, name, span: { start, end } });
    },
    VariableDeclarator: ({ id }) => declare([id]),
    FunctionDeclaration: callable,
    FunctionExpression: callable,
    ArrowFunctionExpression: callable,
    ClassDeclaration: ({ id }) => void (id && redeclared.add(id.name)),
    ClassExpression: ({ id }) => void (id && redeclared.add(id.name)),
    CatchClause: ({ param }) => void (param && declare([param])),
    // Whoever asks whether it is there is prepared for its absence.
    UnaryExpression: ask,
    LogicalExpression: ({ left }) => ask(left),
    ConditionalExpression: ({ test }) => ask(test),
    IfStatement: ({ test }) => ask(test),
    ChainExpression: ask,
    BinaryExpression: ({ operator, left, right, start, end }) => {
      if (/^[!=]==?$/.test(operator)) ask({ start, end });
      if (operator === "in" && left.type === "Literal" && right.type === "Identifier") {
        detected.add(`${right.name}.${left.value}`);
      }
    },
  }).visit(program);

  if (taken.length * asking.length > comparisonsMax) return [];
  const isAsked = ({ start, end }: Span) => asking.some((span) => span.start <= start && end <= span.end);
  for (const { local, name, span } of taken) if (isAsked(span)) detected.add(`${local}.${name}`);
  const found = new Map<string, AskedName>();
  for (const { local, name, span } of taken) {
    const key = `${local}.${name}`;
    const request = namespaces.get(local);
    if (request === undefined || redeclared.has(local) || detected.has(key) || found.has(key)) continue;
    found.set(key, { request, name, span, form: "import" });
  }
  return [...found.values()];
}

/** A parameter as the pattern that it binds: TypeScript lets one be a property as well. */
function bindingOf(param: ESTree.ParamPattern): ESTree.BindingPattern | ESTree.BindingRestElement {
  const bound = param.type === "TSParameterProperty" ? param.parameter : param;
  // The parser's types tell parameters from other patterns by their decorators, and nothing here looks at those.
  return bound as ESTree.BindingPattern | ESTree.BindingRestElement;
}
