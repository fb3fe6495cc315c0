// The OpenAPI document of the API, made from the schemas that stand beside its routes: what is not described cannot be
// asked for, and the other way round.
import { z } from "zod";
import type { ApiDescription, DashboardRoute } from "../route.ts";

const failure = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      remedy: z.string().meta({ description: "What to do about it" }),
      requestId: z.string().optional().meta({ description: "What the server's log knows the request by" }),
    }),
  })
  .meta({ id: "Error" });

/** The document for the described routes of a table. */
export function openApiOf(routes: readonly DashboardRoute[]): object {
  const schemas: Record<string, JsonSchema> = {};
  const described = routes.flatMap((route) =>
    route.form === "data" && route.api !== undefined ? [{ path: route.path, api: route.api }] : [],
  );
  const paths = Object.fromEntries(
    described.map(({ path, api }) => [templateOf(path), { get: operationOf(path, api, schemas) }]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Bifrost Modules",
      version: "1",
      description:
        "What the pages show, as JSON. Access is that of the pages: by the session of whoever has signed in, and by what " +
        "GitHub lets them read. What you may not see is answered as what is not there.",
    },
    servers: [{ url: "/" }],
    security: [{ session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "bifrost_session", description: "Set by signing in" },
      },
    },
  };
}

/** A path of URLPattern as OpenAPI writes it. Whatever may hold slashes stands at the end and keeps them. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)(?:\([^)]*\))?[+*]?/g, "{$1}");
}

function operationOf(
  path: string,
  { summary, params, query, answer }: ApiDescription,
  schemas: Record<string, JsonSchema>,
): object {
  const names = Array.from(templateOf(path).matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const json = (schema: z.core.$ZodType) => ({ "application/json": { schema: schemaOf(schema, "output", schemas) } });
  const parameter = (place: "path" | "query", name: string, schema: z.core.$ZodType) => {
    const { description, ...rest } = schemaOf(schema, "input", schemas);
    return {
      name,
      in: place,
      required: place === "path",
      ...(description !== undefined && { description }),
      schema: rest,
    };
  };
  return {
    summary,
    operationId: operationId(path),
    parameters: [
      ...names.map((name) => parameter("path", name, params?.shape[name] ?? z.string())),
      ...Object.entries(query?.shape ?? {}).map(([name, schema]) => parameter("query", name, schema)),
    ],
    responses: {
      "200": { description: summary, content: json(answer) },
      "401": { description: "Nobody has signed in", content: json(failure) },
      "404": { description: "It is not there, or you may not see it", content: json(failure) },
      "429": {
        description: "You asked for too much in a short time",
        headers: { "Retry-After": { description: "After how many seconds to ask again", schema: { type: "integer" } } },
        content: json(failure),
      },
    },
  };
}

function operationId(path: string): string {
  const [first = "", ...words] = templateOf(path).replace("/api/v1/", "").split(/\W+/).filter(Boolean);
  return [first, ...words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)].join("");
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema in JSON Schema. What has a name goes into the components and is referred to. */
function schemaOf(schema: z.core.$ZodType, io: "input" | "output", components: Record<string, JsonSchema>): JsonSchema {
  // Inside another one, so that a schema that has a name itself is referred to as well.
  const text = JSON.stringify(z.toJSONSchema(z.object({ value: schema }), { io }));
  const whole = JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/'));
  for (const [name, { id: _, ...named }] of Object.entries<JsonSchema>(whole.$defs ?? {})) {
    const known = components[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(named)) {
      throw new Error(`Two schemas of the API are called ${name}`);
    }
    components[name] = named;
  }
  return whole.properties.value;
}
