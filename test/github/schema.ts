// Turns a schema of OpenAPI 3.0 into one that a JSON Schema validator understands. It judges nothing itself.

/** A schema or any other object of the description, as parsed. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, not an array and not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const schemaReference = "#/components/schemas/";

// What only describes. Kept out, so that the validator meets no keyword that it would have to know.
const annotations = new Set([
  "title",
  "description",
  "example",
  "examples",
  "default",
  "deprecated",
  "discriminator",
  "externalDocs",
  "nullable",
  "readOnly",
  "writeOnly",
  "xml",
]);

/**
 * Takes an OpenAPI 3.0 schema and gives a JSON Schema; each `$ref` becomes the bare name of the schema, which is also
 * reported to `onReference`. `oneOf` becomes `anyOf`: GitHub's alternatives overlap (a file of a folder is also a
 * symlink without a target), and "exactly one" would refuse what GitHub itself answers.
 */
export function toJsonSchema(
  schema: unknown,
  isFormatKnown: (format: string) => boolean,
  onReference: (name: string) => void,
): JsonObject {
  if (!isJsonObject(schema)) return {};
  const inner = (value: unknown) => toJsonSchema(value, isFormatKnown, onReference);
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.slice(schemaReference.length);
    onReference(name);
    return { $ref: name };
  }
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (annotations.has(keyword) || keyword.startsWith("x-")) continue;
    if (keyword === "format") {
      if (typeof value === "string" && isFormatKnown(value)) result.format = value;
    } else if (keyword === "properties" && isJsonObject(value)) {
      result.properties = Object.fromEntries(Object.entries(value).map(([name, property]) => [name, inner(property)]));
    } else if ((keyword === "oneOf" || keyword === "anyOf" || keyword === "allOf") && Array.isArray(value)) {
      result[keyword === "allOf" && !isMiswrittenChoice(value) ? "allOf" : "anyOf"] = value.map(inner);
    } else if (
      keyword === "items" ||
      keyword === "not" ||
      (keyword === "additionalProperties" && isJsonObject(value))
    ) {
      result[keyword] = inner(value);
    } else {
      result[keyword] = value;
    }
  }
  return schema.nullable === true ? orNull(result) : result;
}

// One place of the description (the account of a listed installation) asks for a user and an enterprise at once, which
// nothing can be; everywhere else the same two are a choice.
function isMiswrittenChoice(schemas: readonly unknown[]): boolean {
  const titles = schemas.map((schema) => (isJsonObject(schema) ? schema.title : undefined));
  return titles.includes("Simple User") && titles.includes("Enterprise");
}

function orNull(schema: Record<string, unknown>): JsonObject {
  if (typeof schema.type !== "string") return { anyOf: [{ type: "null" }, schema] };
  const values = schema.enum;
  return {
    ...schema,
    type: [schema.type, "null"],
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
  };
}
