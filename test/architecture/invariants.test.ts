// The promises that hold everywhere, as far as reading the source can tell. What a room may import is next door.
import { describe, expect, test } from "vitest";
import { importsOf, roomOf, sourceFiles, targetOf } from "./imports.ts";
import { isNode, isReference, nodesOf, placeOf, type SyntaxNode, type Visit } from "./syntax.ts";

/** Looks at every node of these files and gives the places that are found wanting. */
function findAll(files: readonly string[], isWrong: (visit: Visit) => boolean): string[] {
  return files.flatMap((file) =>
    nodesOf(file)
      .filter(isWrong)
      .map((visit) => `${placeOf(visit)}: ${visit.text.split("\n", 1)[0]}`),
  );
}

const files = sourceFiles();
const outside = (...rooms: string[]) => files.filter((file) => !rooms.includes(roomOf(file)));
const inside = (...rooms: string[]) => files.filter((file) => rooms.includes(roomOf(file)));

describe("only workspace/cascade.ts decides which layer wins", () => {
  const others = files.filter((file) => file !== "workspace/cascade.ts");

  test("nobody else goes through layers and looks a path up in each", () => {
    const listMethods = /^(find|findLast|findIndex|some|every|map|flatMap|filter|forEach|reduce|reduceRight)$/;
    const isLayerList = (source: string) => /(layers|snapshots)\b[^(]*$/i.test(source);
    const looksUp = (source: string) => /\bfiles\s*\??\.\s*(has|get)\(|\.hasFolder\(/.test(source);
    const wrong = findAll(others, ({ node, text }) => {
      if (node.type === "ForOfStatement") {
        const list = isNode(node.right) ? textWithin(node, node.right, text) : "";
        return isLayerList(list) && looksUp(text);
      }
      const callee = node.callee;
      if (node.type !== "CallExpression" || !isNode(callee) || callee.type !== "MemberExpression") return false;
      const { object, property } = callee;
      if (!isNode(object) || !isNode(property)) return false;
      return (
        listMethods.test(textWithin(node, property, text)) &&
        isLayerList(textWithin(node, object, text)) &&
        looksUp(text.slice(callee.end - node.start))
      );
    });
    expect(wrong, "Ask the cascade: resolveModule, resolveFile, visibleFiles or overridesOf").toEqual([]);
  });

  test("nobody else knows the order in which extensions are tried", () => {
    const importers = others.filter((file) => file !== "workspace/path.ts");
    const wrong = findAll(importers, ({ node, text }) => node.type === "Identifier" && text === "moduleExtensions");
    expect(wrong, "Ask the cascade, or moduleExtension() for the extension of one path").toEqual([]);
  });
});

test("the core does no IO: it refers to nothing that reaches out of it", () => {
  const outer =
    /^(process|console|fetch|require|WebSocket|EventSource|XMLHttpRequest|setTimeout|setInterval|setImmediate)$/;
  const wrong = findAll(
    inside("workspace", "link", "manifest"),
    (visit) => isReference(visit) && outer.test(visit.text),
  );
  expect(wrong, "The core is values and rules: do this in a way or an edge, and hand the result in").toEqual([]);
});

describe("workflow code runs only in sandbox/", () => {
  test("isolated-vm is imported there alone", () => {
    const importers = outside("sandbox").filter((file) =>
      importsOf(file).some((imported) => {
        const target = targetOf(imported);
        return target.kind === "package" && target.name === "isolated-vm";
      }),
    );
    expect(importers, "Take a Sandbox as an argument").toEqual([]);
  });

  test("nothing else turns text into code", () => {
    const wrong = findAll(files, (visit) => {
      const { node, text } = visit;
      if (node.type === "ImportExpression") return isNode(node.source) && node.source.type !== "Literal";
      // The sandbox has it out with `eval` and `Function` of the isolate itself.
      if (roomOf(visit.file) === "sandbox") return false;
      return isReference(visit) && (text === "eval" || text === "Function");
    });
    const evaluators = files.filter((file) =>
      importsOf(file).some(({ specifier }) => /^(node:)?(vm|repl|inspector)(\/|$)/.test(specifier)),
    );
    expect([...wrong, ...evaluators], "Have the sandbox run it").toEqual([]);
  });
});

describe("nothing is read or written without a scope that was granted", () => {
  test("only workspace/grant.ts makes a GrantedScope", () => {
    const wrong = findAll(
      files.filter((file) => file !== "workspace/grant.ts"),
      ({ node, text }) => {
        if (node.type !== "TSAsExpression" && node.type !== "TSTypeAssertion") return false;
        const type = node.typeAnnotation;
        return isNode(type) && /\b(GrantedScope|WritableScope|OperatorScope)\b/.test(textWithin(node, type, text));
      },
    );
    expect(
      wrong,
      "A cast makes a grant that nobody gave: get one from grantRepository, grantRun or grantOperator",
    ).toEqual([]);
  });

  test("only a blast radius reads the layers of all organisations, out of a granted global scope", () => {
    const askers = files.filter((file) =>
      nodesOf(file).some(
        (visit) => isReference(visit) && visit.text === "grantBlastRadius" && !isIn("workspace", file),
      ),
    );
    expect(askers, "Take the scope that was granted to whoever asks").toEqual(["blast/blast-radius.ts"]);
  });

  test("every statement to Postgres says how far it reaches, and these alone reach every scope", () => {
    const around = findAll(
      inside("store").filter(
        (file) => !["store/session.ts", "store/broken-connection.ts", "store/walled-client.ts"].includes(file),
      ),
      ({ node, text }) =>
        node.type === "Identifier" && /^(getConnection|getKnex|getKysely|executeQuery|execute)$/.test(text),
    );
    expect(around, "Ask store/session.ts for a session").toEqual([]);
    const askers = files.filter((file) =>
      nodesOf(file).some(
        (visit) => isReference(visit) && visit.text === "everyScopeSession" && file !== "store/session.ts",
      ),
    );
    expect(askers, "Take a session of the scope that was granted; where it takes all of them, say so here").toEqual([
      ...["store/audit.ts", "store/blasts.ts", "store/check-reports.ts", "store/connect.ts", "store/inspect.ts"],
      ...["store/migrate.ts", "store/overriding.ts", "store/pins.ts", "store/repositories.ts", "store/retention.ts"],
      ...["store/rollback.ts", "store/scope-facts.ts"],
    ]);
  });

  test.each([
    { file: "store/store.ts", contract: "ScopeReader" },
    { file: "cache/cache.ts", contract: "ModuleCache" },
  ])("every method of $contract that touches files takes the grant first", ({ file, contract }) => {
    const methods = methodsOf(file, contract).filter(({ name }) => name !== "ready" && name !== "close");
    expect(methods.length).toBeGreaterThan(3);
    for (const { name, firstType } of methods) {
      expect(firstType, `${contract}.${name}() in src/${file}`).toMatch(/^(GrantedScope|WritableScope)$/);
    }
  });
});

test("only config.ts reads the environment", () => {
  const wrong = findAll(outside("config.ts"), ({ node, text }) => {
    return node.type === "MemberExpression" && /^process\s*(\??\.\s*env|\[\s*["'`]env["'`]\s*\])$/.test(text);
  });
  expect(wrong, "Read it in src/config.ts, where it is validated, and hand it in").toEqual([]);
});

function isIn(room: string, file: string): boolean {
  return roomOf(file) === room;
}

function textWithin(outer: SyntaxNode, inner: SyntaxNode, outerText: string): string {
  return outerText.slice(inner.start - outer.start, inner.end - outer.start).replace(/^:\s*/, "");
}

/** The methods of an interface, with the type of their first parameter as it is written. */
function methodsOf(file: string, contract: string): { readonly name: string; readonly firstType: string }[] {
  for (const { node, text } of nodesOf(file)) {
    if (node.type !== "TSInterfaceDeclaration" || !isNode(node.id) || node.id.name !== contract) continue;
    if (!isNode(node.body) || !Array.isArray(node.body.body)) return [];
    return node.body.body.filter(isNode).flatMap((member) => {
      const { key, params } = member;
      if (member.type !== "TSMethodSignature" || !isNode(key)) return [];
      const first: unknown = Array.isArray(params) ? params[0] : undefined;
      const type = isNode(first) ? first.typeAnnotation : undefined;
      return [{ name: textWithin(node, key, text), firstType: isNode(type) ? textWithin(node, type, text) : "" }];
    });
  }
  throw new Error(`Cannot find the interface ${contract} in src/${file}`);
}
