// JSON Schema in the notation of TypeScript, which is short and which whoever writes a client reads anyway.

export type JsonSchema = Readonly<Record<string, unknown>>;

const widthMax = 100;

/** Writes a schema as a type, in as many lines as it takes. References go by the last part of their names. */
export function notationOf(schema: JsonSchema, indent = ""): string {
  if (typeof schema.$ref === "string") return schema.$ref.split("/").at(-1) ?? "";
  if (Array.isArray(schema.enum)) return oneOf(schema.enum.map(literal), indent);
  if ("const" in schema) return literal(schema.const);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) {
    return oneOf(
      alternatives.map((each) => notationOf(each, indent)),
      indent,
    );
  }
  if (Array.isArray(schema.allOf)) return schema.allOf.map((each) => notationOf(each, indent)).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => notationOf({ ...schema, type }, indent)).join(" | ");
  switch (schema.type) {
    case "object":
      return objectOf(schema, indent);
    case "array":
      return arrayOf(schema.items as JsonSchema | undefined, indent);
    case "integer":
      return "integer";
    case undefined:
      return "any";
    default:
      return `${schema.type}`;
  }
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}

function oneOf(alternatives: readonly string[], indent: string): string {
  const line = alternatives.join(" | ");
  if (line.length + indent.length <= widthMax || alternatives.length < 3 || line.includes("\n")) return line;
  const lines: string[] = [];
  for (const alternative of alternatives) {
    const last = lines.at(-1);
    const longer = `${last} | ${alternative}`;
    if (last !== undefined && longer.length + indent.length + 2 <= widthMax) lines[lines.length - 1] = longer;
    else lines.push(alternative);
  }
  return lines.map((text) => `\n${indent}  | ${text}`).join("");
}

function arrayOf(items: JsonSchema | undefined, indent: string): string {
  if (items === undefined) return "any[]";
  const item = notationOf(items, indent);
  return / \| /.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function objectOf(schema: JsonSchema, indent: string): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  if (properties.length === 0) {
    const values = schema.additionalProperties;
    return typeof values === "object" && values !== null
      ? `{ [name]: ${notationOf(values as JsonSchema, indent)} }`
      : "{}";
  }
  const required = new Set((schema.required ?? []) as readonly string[]);
  const inner = `${indent}  `;
  const members = properties.map(([name, property]) => ({
    text: `${name}${required.has(name) ? "" : "?"}: ${notationOf(property, inner)}`,
    // What is referred to says for itself what it is.
    remark: property.$ref === undefined ? property.description : undefined,
  }));
  const line = `{ ${members.map(({ text }) => text).join(", ")} }`;
  const isShort = indent !== "" && line.length + indent.length <= widthMax - 20 && !line.includes("\n");
  if (isShort && members.every(({ remark }) => remark === undefined)) return line;
  const lines = members.map(({ text, remark }) => `${inner}${text}${remark === undefined ? "" : `  // ${remark}`}`);
  return `{\n${lines.join("\n")}\n${indent}}`;
}
