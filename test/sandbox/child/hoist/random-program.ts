// Programs by chance: modules that declare, import, export, re-export, log and fail in many ways. The same seed makes the same
// program, and every one links.
interface Made {
  readonly path: string;
  readonly names: readonly string[];
  readonly source: string;
}

/** Makes a program of a few modules, the entry last. Every fourth or so holds what only modules can do. */
export function randomProgram(seed: number): Record<string, string> {
  const random = createRandom(seed);
  const count = 2 + random(6);
  const made: Made[] = [];
  for (let index = 0; index < count; index += 1) made.push(randomModule(index, made, random));
  const main = mainModule(made, random);
  return Object.fromEntries([...made.map(({ path, source }) => [path, source]), ["workflows/main.js", main]]);
}

type Random = (below: number) => number;

function createRandom(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

function randomModule(index: number, earlier: readonly Made[], random: Random): Made {
  const path = `${random(2) === 0 ? "global:" : ""}shared/m${index}.js`;
  const lines: string[] = [];
  const names: string[] = [];
  const usable: string[] = [];
  for (let asked = random(3); asked > 0 && earlier.length > 0; asked -= 1) {
    const from = earlier[random(earlier.length)];
    if (from === undefined) continue;
    const specifier = `./${from.path.slice(from.path.lastIndexOf("/") + 1)}`;
    const local = `i${index}_${asked}`;
    const name = from.names[random(from.names.length)] ?? "default";
    const kind = random(6);
    if (kind === 0) lines.push(`import * as ${local} from "${specifier}";`);
    else if (kind === 1 && from.names.includes("default")) lines.push(`import ${local} from "${specifier}"`);
    else if (kind === 2) {
      lines.push(`export { ${name} as r${index}_${asked} } from "${specifier}";`);
      names.push(`r${index}_${asked}`);
      continue;
    } else if (kind === 3) {
      lines.push(`export * as s${index}_${asked} from "${specifier}"`);
      names.push(`s${index}_${asked}`);
      continue;
    } else lines.push(`import { ${name} as ${local} } from "${specifier}";`);
    usable.push(local);
  }
  for (let declared = 1 + random(4); declared > 0; declared -= 1) {
    const name = `v${index}_${declared}`;
    const [line, isExported] = declaration(name, usable, random);
    lines.push(line);
    if (isExported) names.push(name);
    usable.push(name);
  }
  if (random(2) === 0) {
    lines.push(defaultExport(usable, random));
    names.push("default");
  }
  if (random(3) === 0) lines.push(`console.log("m${index}", typeof this, ${usable.map(shown).join(", ") || "0"});`);
  if (random(12) === 0) lines.push(`await null; console.log("waited in m${index}");`);
  if (random(25) === 0) lines.push(`  if (${random(2)}) null.of${index};`);
  if (names.length === 0) {
    lines.push(`const only${index} = ${random(100)}\nexport { only${index} }`);
    names.push(`only${index}`);
  }
  // What a script of many modules could mistake: names of its own in escapes, comments that rename it, ends of lines.
  if (random(6) === 0) lines.push(meddling(index, random));
  if (random(8) === 0) lines.push(comment(index, random));
  const source = lines.join(random(3) === 0 ? "\n\n  " : lineEnds[random(lineEnds.length)]);
  const end = random(4) === 0 ? lineEnds[random(lineEnds.length)] : "";
  return { path, names, source: source + end };
}

const lineEnds = ["\n", "\n", "\n", "\r\n", "\r", "\n\r", "\n\u2028", "\u2029"] as const;

const scriptNames = ["$0_h", "$0_0", "$0_1", "$1_h", "$____0", "$____1", "$a", "_a", "prepareStackTrace"] as const;

/** Uses a name that may be one of the script's own, written so that it stands nowhere in the text. */
function meddling(index: number, random: Random): string {
  const name = hidden(scriptNames[random(scriptNames.length)] ?? "", random);
  const attempt = (code: string) =>
    `try { console.log(${code}); } catch (error) { console.log(error.name, error.message); }`;
  switch (random(7)) {
    case 0:
      return attempt(`${name} = ${index}`);
    case 1:
      return attempt(`typeof ${name}, Object.keys(${name})`);
    case 2:
      return attempt(`${name}.settle(0, { default: () => "forged" })`);
    case 3:
      return `let ${name} = ${index}; console.log(${name}++, ${name});`;
    case 4:
      return `console.log("${name}", Object.keys({ ${name}: 1 }), \`${name}\`, class { static ${name} = 3 });`;
    case 5:
      return `console.log(((${name}) => ${name})(4), Error.${name}?.name);`;
    default:
      return `console.log(typeof ${hidden(random(2) === 0 ? "arguments" : "eval", random)});`;
  }
}

/** A name with one of its characters as an escape. */
function hidden(name: string, random: Random): string {
  const at = random(name.length);
  const code = name.charCodeAt(at).toString(16);
  const written = random(2) === 0 ? `\\u${code.padStart(4, "0")}` : `\\u{${"0".repeat(random(4))}${code}}`;
  return name.slice(0, at) + written + name.slice(at + 1);
}

function comment(index: number, random: Random): string {
  const named = [
    "//# sourceURL=webpack://vendor/x.js",
    "//@ sourceURL=bifrost://acme/shared/m0.js",
    `//#\tsourceURL=m${index}`,
    "// # sourceURL=none",
    "/*\n//# sourceURL=inside\n*/",
    '"//# sourceURL=text";',
    "`\n//# sourceURL=text\n`;",
    "//# sourceMappingURL=x.map",
  ];
  return named[random(named.length)] as string;
}

function declaration(name: string, usable: readonly string[], random: Random): [line: string, isExported: boolean] {
  const value = usable.length > 0 && random(2) === 0 ? (usable[random(usable.length)] ?? "1") : `${random(50)}`;
  const rare = random(30);
  // It changes after its module has run.
  if (rare === 0) {
    return [`export let ${name} = 0; globalThis.later ??= []; globalThis.later.push(() => { ${name} += 1; });`, true];
  }
  switch (random(7)) {
    case 0:
      return [`export const ${name} = [${value}, "${name}"];`, true];
    case 1:
      return [
        `export function ${name}(given = ${value}) { return [given, ${name}.name, new Error("${name}").stack]; }`,
        true,
      ];
    case 2:
      return [
        `export class ${name} { static made = ${value}; of() { return new.target ?? new Error("of").stack; } }`,
        true,
      ];
    case 3:
      return [`export let ${name} = ${value}; ${name} = [${name}];`, true];
    case 4:
      return [`export const { x: ${name}, ...rest_${name} } = { x: ${value}, y: 2 }`, true];
    case 5:
      return [`var ${name} = () => ${value};\nexport { ${name} }`, true];
    default:
      return [`const ${name} = async () => { await null; throw new RangeError("${name}"); }`, false];
  }
}

function defaultExport(usable: readonly string[], random: Random): string {
  const value = usable[random(usable.length || 1)] ?? "7";
  switch (random(5)) {
    case 0:
      return `export default function () { return ${value}; }`;
    case 1:
      return `export default class { static shown = typeof ${value} }`;
    case 2:
      return `export default (given) => [given, new Error("arrow").stack] // said`;
    case 3:
      return `export default async function named() { return ${value}; }`;
    default:
      return `export default { value: ${value} };`;
  }
}

function mainModule(made: readonly Made[], random: Random): string {
  const lines = made.map(({ path }, index) => `import * as m${index} from "../${path.replace("global:", "")}";`);
  lines.push("const later = globalThis.later ?? [];");
  lines.push("const told = [];");
  lines.push(
    "const tell = (value, depth) => { if (depth > 3) return '…'; if (typeof value === 'function') return [value.name, String(value).slice(0, 60)];",
    "  if (typeof value !== 'object' || value === null) return value; return Reflect.ownKeys(value).map((key) => [String(key), tell(value[key], depth + 1)]); };",
  );
  lines.push("export default async (input) => {");
  lines.push("  for (const change of later) change();");
  for (let index = 0; index < made.length; index += 1) {
    lines.push(`  for (const name of Object.keys(m${index})) {`);
    lines.push(`    const value = m${index}[name]; told.push([name, tell(value, 0)]);`);
    lines.push("    try { if (typeof value === 'function') told.push(tell(await value(3), 0)); }");
    lines.push("    catch (error) { told.push([error.name, error.message, error.stack]); }");
    lines.push("  }");
  }
  lines.push(random(6) === 0 ? "  throw new TypeError('at the end');" : "  return [told, input];", "};");
  return lines.join("\n");
}

function shown(name: string): string {
  return `typeof ${name}`;
}
