// What only a module's own top level can mean, and what changes after it has run. Names are taken as they are written: a
// variable of the same name in an inner scope counts too, which costs speed and never correctness.
import type { Program } from "oxc-parser";
import { Visitor } from "oxc-parser";

/** Whether the top level means the same inside a function: it awaits nothing, and names neither `arguments` nor `eval`. */
export function hasOwnTopLevel(program: Program): boolean {
  // Functions in which `await` is theirs, and those in which `arguments` is.
  let functions = 0;
  let withArguments = 0;
  let isOwn = true;
  const enter = () => {
    functions += 1;
    withArguments += 1;
  };
  const leave = () => {
    functions -= 1;
    withArguments -= 1;
  };
  new Visitor({
    FunctionDeclaration: enter,
    "FunctionDeclaration:exit": leave,
    FunctionExpression: enter,
    "FunctionExpression:exit": leave,
    ArrowFunctionExpression: () => {
      functions += 1;
    },
    "ArrowFunctionExpression:exit": () => {
      functions -= 1;
    },
    AwaitExpression: () => {
      if (functions === 0) isOwn = false;
    },
    ForOfStatement: ({ await: awaits }) => {
      if (awaits && functions === 0) isOwn = false;
    },
    VariableDeclaration: ({ kind }) => {
      if (kind === "using" || kind === "await using") isOwn = false;
    },
    Identifier: ({ name }) => {
      if (name === "arguments" && withArguments === 0) isOwn = false;
      // It sees every name around it.
      if (name === "eval") isOwn = false;
    },
  }).visit(program);
  return isOwn;
}

/** Names that are assigned inside functions and classes, and so perhaps after the module has run. */
export function lateAssignments(program: Program): Set<string> {
  const names = new Set<string>();
  let depth = 0;
  const enter = () => {
    depth += 1;
  };
  const leave = () => {
    depth -= 1;
  };
  const assign = (target: unknown): void => {
    if (depth > 0) collectTargets(target, names);
  };
  new Visitor({
    FunctionDeclaration: enter,
    "FunctionDeclaration:exit": leave,
    FunctionExpression: enter,
    "FunctionExpression:exit": leave,
    ArrowFunctionExpression: enter,
    "ArrowFunctionExpression:exit": leave,
    ClassBody: enter,
    "ClassBody:exit": leave,
    AssignmentExpression: ({ left }) => assign(left),
    UpdateExpression: ({ argument }) => assign(argument),
    ForInStatement: ({ left }) => assign(left),
    ForOfStatement: ({ left }) => assign(left),
  }).visit(program);
  return names;
}

/** Every identifier in what is assigned to; one that is only read there counts as well. */
function collectTargets(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) {
    for (const inner of node) collectTargets(inner, names);
  } else if (typeof node === "object" && node !== null) {
    if ("type" in node && node.type === "Identifier" && "name" in node) names.add(String(node.name));
    for (const inner of Object.values(node)) collectTargets(inner, names);
  }
}
