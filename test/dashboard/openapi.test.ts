// The document of the API: right by OpenAPI's own rules, and complete.
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { openApiOf, templateOf } from "../../src/dashboard/api/openapi.ts";
import { dashboardRoutes } from "../../src/dashboard/routes.ts";

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
const document = openApiOf(dashboardRoutes) as Document;

test("the document is one by the schema of OpenAPI 3.1, and everything that it refers to is there", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as object as Record<string, unknown>);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
  const text = JSON.stringify(document);
  const referred = new Set(Array.from(text.matchAll(/"#\/components\/schemas\/(\w+)"/g), ([, name = ""]) => name));
  const schemas = Object.keys(document.components.schemas);
  expect([...referred].filter((name) => !schemas.includes(name))).toEqual([]);
  expect(schemas).toEqual(expect.arrayContaining(["Revision", "Repository", "CheckReport", "Error"]));
  expect(text).not.toContain("$defs");
});

test("every route of the API is in the document, and nothing else is", () => {
  const described = dashboardRoutes.flatMap((route) =>
    route.form === "data" && !route.path.endsWith("/*") ? [route] : [],
  );
  expect(described.length).toBeGreaterThan(5);
  for (const route of described) expect(route.api, `GET ${route.path} has no description`).toBeDefined();
  expect(Object.keys(document.paths).sort()).toEqual(described.map(({ path }) => templateOf(path)).sort());
  for (const methods of Object.values(document.paths)) expect(Object.keys(methods)).toEqual(["get"]);
});

test("every operation has a name of its own", () => {
  const names = Object.values(document.paths).map(({ get }) => get?.operationId);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("scopesScopeRevisionsRevision");
});
