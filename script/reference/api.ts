// The page of the HTTP API, from its own OpenAPI document.
import { openApiOf } from "../../src/dashboard/api/openapi.ts";
import { dashboardRoutes } from "../../src/dashboard/routes.ts";
import { code, fence, page, paragraph, sentence, table } from "./markdown.ts";
import { type JsonSchema, notationOf } from "./notation.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

interface Operation {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<"200", { readonly content: Readonly<Record<string, { schema: JsonSchema }>> }>>;
}

interface OpenApi {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export function apiPage(): string {
  const { info, paths, components } = openApiOf(dashboardRoutes) as OpenApi;
  return page(
    "HTTP API",
    `${info.description} The document for machines is \`/api/v1/openapi.json\` of the server.`,
    "The session is the cookie `bifrost_session`, which signing in sets. Lists take `page` and `per_page`, and the header `Link` leads to " +
      "the other pages. A refusal is an `Error`: 401 where nobody has signed in, 404 where it is not there or not yours to see.",
    ...Object.entries(paths).map(([path, { get }]) => section(path, get)),
    "## Shapes",
    ...Object.entries(components.schemas).map(([name, { description, ...schema }]) =>
      [
        `### ${name}`,
        ...(description === undefined ? [] : [paragraph(sentence(`${description}`))]),
        fence("ts", notationOf(schema)),
      ].join("\n\n"),
    ),
  );
}

function section(path: string, { summary, parameters, responses }: Operation): string {
  const answer = responses["200"].content["application/json"]?.schema ?? {};
  return [
    `## GET ${path}`,
    sentence(summary),
    ...(parameters.length === 0
      ? []
      : [
          table(
            ["parameter", "in", "is"],
            parameters.map(({ name, in: place, description, schema }) => [
              code(name),
              place,
              [code(typeOf(schema)), description].filter(Boolean).join(", "),
            ]),
          ),
        ]),
    answered(notationOf(answer)),
  ].join("\n\n");
}

/** What an operation answers with; a shape that has a name is led to. */
function answered(type: string): string {
  return /^\w+$/.test(type) ? `Answers with [${code(type)}](#${type.toLowerCase()}).` : fence("ts", type);
}

function typeOf(schema: JsonSchema): string {
  const value = schema.default === undefined ? "" : ` = ${JSON.stringify(schema.default)}`;
  return `${notationOf(schema)}${value}`;
}
