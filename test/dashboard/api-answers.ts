// Holds answers of the API against its document, as a program that is made from the document would read them.
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";
import { openApiOf } from "../../src/dashboard/api/openapi.ts";
import { dashboardRoutes } from "../../src/dashboard/routes.ts";

interface Document {
  readonly paths: Readonly<Record<string, { readonly get: { readonly responses: Readonly<Record<string, Answer>> } }>>;
}
interface Answer {
  readonly content: { readonly "application/json": { readonly schema: object } };
}

const document = openApiOf(dashboardRoutes) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: "api", ...document });
const validators = new Map<string, ValidateFunction>();

/** Expects an answer to be what the document says of its address and status. Gives the body. */
export async function documented(path: string, answer: Response): Promise<unknown> {
  const { pathname } = new URL(path, "http://modules.test");
  const template = Object.keys(document.paths).find((candidate) => patternOf(candidate).test(pathname));
  if (template === undefined) throw new Error(`The document has no ${pathname}`);
  const body: unknown = await answer.json();
  const validate = validatorFor(template, answer.status);
  expect(validate(body) ? [] : validate.errors, `GET ${path} answers ${answer.status}`).toEqual([]);
  return body;
}

function validatorFor(template: string, status: number): ValidateFunction {
  const pointer = template.replaceAll("~", "~0").replaceAll("/", "~1");
  const key = encodeURI(`api#/paths/${pointer}/get/responses/${status}/content/application~1json/schema`);
  return validators.getOrInsertComputed(key, () => {
    const validate = ajv.getSchema(key);
    if (validate === undefined) throw new Error(`The document says nothing of status ${status} at ${template}`);
    return validate as ValidateFunction;
  });
}

/** `{path}` may hold slashes, everything else is one segment. */
function patternOf(template: string): RegExp {
  const source = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "path" ? "(.+)" : "([^/]+)"));
  return new RegExp(`^${source}$`);
}
