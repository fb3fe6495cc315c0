// Random workspaces whose modules lead to each other in every way that the cascade knows: by path, by extension, through
// folders and their indexes, by `import()`, and in vain. Sources are TypeScript that always parses, and some of them are
// written as hardly anybody writes.
import fc from "fast-check";

export type Sources = Readonly<Record<string, string>>;

const paths = [
  "shared/a.ts",
  "shared/a.js",
  "shared/b.ts",
  "shared/b/index.ts",
  "shared/index.ts",
  "shared/c.mjs",
  "lib/d.ts",
  "lib/a.ts",
  "lib.ts",
] as const;
const specifiers = [
  "shared/a",
  "shared/a.js",
  "shared/b",
  "shared",
  "shared/c",
  "lib/d",
  "lib",
  "./a",
  "./b",
  "../lib/a",
  "../shared",
  "lodash",
  "bifrost",
] as const;
const names = ["a", "b", "c", "d", "default"] as const;

const specifier = fc.constantFrom(...specifiers);
const name = fc.constantFrom(...names);

// Rare, or hardly anything would link.
const statement = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant("declare"), specifier, name }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("import"), specifier, name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass-on"), specifier, name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("star"), specifier, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("namespace"), specifier, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("dynamic"), specifier, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("effect"), specifier, name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("computed"), specifier, name }) },
);

const source = fc.array(fc.tuple(statement, fc.nat(11)), { minLength: 2, maxLength: 6 }).map((statements) => {
  const exported = new Set<string>();
  const isFree = (wanted: string) => !exported.has(wanted) && exported.add(wanted);
  const lines = statements.map(([{ kind, specifier, name: asked }, style], at) => {
    const from = written(specifier, style);
    switch (kind) {
      case "declare":
        return isFree(asked) ? `const local${at} = 1; export { local${at} as ${asked} };` : "";
      case "import":
        return `import { ${asked} as local${at} } from${from}; void local${at};`;
      case "pass-on":
        return isFree(asked) ? `export { ${asked} } from${from};` : "";
      case "star":
        return `export * from${from};`;
      case "namespace":
        return `import * as local${at} from${from}; void local${at};`;
      case "dynamic":
        return `export const later${at} = () => import(${from});`;
      case "computed":
        return `export const far${at} = (to: string) => import(to);`;
      default:
        return `import${from};`;
    }
  });
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
});

/** A specifier as it may stand after a keyword: mostly in double quotes and after a space. */
function written(specifier: string, style: number): string {
  const [first = "", ...rest] = specifier;
  const escaped = `\\x${first.charCodeAt(0).toString(16)}${rest.join("")}`;
  const odd = [
    `"${specifier}"`,
    ` '${specifier}'`,
    `/* from "x" */"${specifier}"`,
    ` // '\n"${specifier}"`,
    ` "${escaped}"`,
  ];
  return odd[style] ?? ` "${specifier}"`;
}

function filesAt(choice: readonly string[], most: number): fc.Arbitrary<Sources> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...choice), source), { selector: ([path]) => path, maxLength: most })
    .map((entries) => Object.fromEntries(entries));
}

const workflows = ["workflows/one.ts", "workflows/two.ts", "workflows/three.js", "workflows/one.example.json"];

/** The files of a layer: up to `most`, workflows among them. */
export function layerFiles(most: number): fc.Arbitrary<Sources> {
  return filesAt([...paths, ...workflows], most);
}

/** The same files with some of them gone, some changed and some new. */
export function changed(files: Sources, most: number): fc.Arbitrary<Sources> {
  const kept = fc.subarray(Object.keys(files), { minLength: Math.max(0, Object.keys(files).length - most) });
  return fc.tuple(kept, filesAt([...paths, ...workflows], most)).map(([keep, written]) => ({
    ...Object.fromEntries(keep.map((path) => [path, files[path] ?? ""])),
    ...written,
  }));
}
