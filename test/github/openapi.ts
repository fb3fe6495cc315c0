// GitHub's published OpenAPI description as a judge of requests, answers and webhook payloads. It says what is wrong
// and leaves it to the caller what to do about it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats, { type FormatsPlugin } from "ajv-formats";
import { isJsonObject, type JsonObject, toJsonSchema } from "./schema.ts";

/** What of a request the description speaks about. */
export interface DescribedRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body, `undefined` where there is none. */
  readonly body: unknown;
}

let loaded: Description | undefined;

/** GitHub's description of api.github.com, read once per process: 13 MB, about 140 ms, so on first use only. */
export function description(): Description {
  if (loaded === undefined) {
    const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
    loaded = new Description(JSON.parse(readFileSync(file, "utf8")));
  }
  return loaded;
}

export class Description {
  readonly #document: JsonObject;
  readonly #ajv: Ajv;
  readonly #added = new Set<string>();
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #operations = new Map<string, Operation>();

  constructor(document: unknown) {
    if (!isJsonObject(document)) throw new Error("Cannot use the OpenAPI description as it is not an object");
    this.#document = document;
    this.#ajv = new Ajv({
      strict: false,
      logger: false,
      validateSchema: false,
      inlineRefs: false,
      allErrors: true,
      code: { optimize: false },
    });
    // The package is CommonJS: TypeScript sees its default export one level higher than Node does.
    (addFormats as unknown as FormatsPlugin)(this.#ajv);
  }

  /** The operation of a method (`GET`) and path template (`/repos/{owner}/{repo}`), if GitHub has one. */
  operation(method: string, template: string): Operation | undefined {
    const key = `${method} ${template}`;
    const known = this.#operations.get(key);
    if (known !== undefined) return known;
    const item = this.at("paths", template, method.toLowerCase());
    if (!isJsonObject(item)) return undefined;
    const operation = new Operation(this, item);
    this.#operations.set(key, operation);
    return operation;
  }

  /** What is wrong with the payload of a webhook event. `action` is undefined for events without one, such as push. */
  payloadProblems(event: string, action: string | undefined, payload: unknown): string[] {
    const name = [event, ...(action === undefined ? [] : [action])].join("-").replaceAll("_", "-");
    const item = this.at("x-webhooks", name, "post");
    if (!isJsonObject(item)) return [`GitHub has no event ${name}`];
    const schema = this.jsonSchemaOf(item.requestBody);
    const problems = schema === undefined ? [] : this.problems(`webhook ${name}`, schema, payload, "payload");
    // Some payloads list the events an app may subscribe to as they were before merge_group came.
    return problems.filter((problem) => !/^payload\/\w+\/(?:app\/)?events\/\d+ must be equal to one of/.test(problem));
  }

  /** The object at a path of keys, with `$ref`s followed. */
  at(...keys: readonly string[]): unknown {
    let value: unknown = this.#document;
    for (const key of keys) value = this.resolve(isJsonObject(value) ? value[key] : undefined);
    return value;
  }

  /** Follows a `$ref` to a shared parameter or response. */
  resolve(value: unknown): unknown {
    if (!isJsonObject(value) || typeof value.$ref !== "string") return value;
    return this.at(...value.$ref.slice(2).split("/"));
  }

  /** The schema of the JSON body of a request or a response. */
  jsonSchemaOf(holder: unknown): unknown {
    const body = this.resolve(holder);
    const content = isJsonObject(body) ? body.content : undefined;
    const json = isJsonObject(content) ? content["application/json"] : undefined;
    return isJsonObject(json) ? json.schema : undefined;
  }

  /** Judges a value by a schema. `key` names the compiled validator, which is kept. */
  problems(key: string, schema: unknown, value: unknown, place: string): string[] {
    let validate = this.#validators.get(key);
    if (validate === undefined) {
      validate = this.#ajv.compile(this.#converted(schema));
      this.#validators.set(key, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).slice(0, 5).map((error) => {
      const allowed = "allowedValues" in error.params ? `: ${JSON.stringify(error.params.allowedValues)}` : "";
      return `${place}${error.instancePath} ${error.message ?? error.keyword}${allowed}`;
    });
  }

  #converted(schema: unknown): JsonObject {
    return toJsonSchema(
      schema,
      (format) => this.#ajv.formats[format] !== undefined,
      (name) => {
        if (this.#added.has(name)) return;
        this.#added.add(name);
        this.#ajv.addSchema(this.#converted(this.at("components", "schemas", name)), name);
      },
    );
  }
}

/** One operation of the API: what may be asked and what is answered. */
export class Operation {
  readonly id: string;
  readonly #description: Description;
  readonly #item: JsonObject;
  readonly #parameters: readonly JsonObject[];

  constructor(description: Description, item: JsonObject) {
    this.#description = description;
    this.#item = item;
    this.id = String(item.operationId);
    const parameters = Array.isArray(item.parameters) ? item.parameters : [];
    this.#parameters = parameters.map((parameter) => description.resolve(parameter)).filter(isJsonObject);
  }

  /** What is wrong with a request. A query parameter or a field that GitHub does not know counts: it is a mistake. */
  requestProblems(request: DescribedRequest): string[] {
    const problems: string[] = [];
    for (const parameter of this.#parameters) {
      const name = String(parameter.name);
      const isPath = parameter.in === "path";
      if (!isPath && parameter.in !== "query") continue;
      const text = isPath ? request.path[name] : (request.query.get(name) ?? undefined);
      if (text === undefined) {
        if (parameter.required === true) problems.push(`${parameter.in} parameter ${name} is missing`);
        continue;
      }
      const value = coerced(text, parameter.schema);
      const key = `${this.id} ${parameter.in} ${name}`;
      problems.push(...this.#description.problems(key, parameter.schema, value, `${parameter.in} parameter ${name}`));
    }
    for (const name of request.query.keys()) {
      if (!this.#parameters.some((parameter) => parameter.in === "query" && parameter.name === name)) {
        problems.push(`query parameter ${name} is unknown`);
      }
    }
    return [...problems, ...this.#bodyProblems(request.body)];
  }

  /** What is wrong with an answer. `body` is undefined where it is no JSON: bytes, or nothing at all. */
  answerProblems(status: number, body: unknown): string[] {
    const responses = this.#item.responses;
    const response = this.#description.resolve(isJsonObject(responses) ? responses[String(status)] : undefined);
    if (response === undefined) {
      // The description leaves out many errors that any operation may answer (401, 403, 404), but no success.
      return status < 400 ? [`status ${status} is not one that GitHub answers`] : [];
    }
    const schema = this.#description.jsonSchemaOf(response);
    if (schema === undefined || body === undefined) return [];
    return this.#description.problems(`${this.id} ${status}`, schema, body, `answer ${status}`);
  }

  #bodyProblems(body: unknown): string[] {
    const schema = this.#description.jsonSchemaOf(this.#item.requestBody);
    if (schema === undefined) return body === undefined ? [] : ["a body is sent where none is taken"];
    const requestBody = this.#description.resolve(this.#item.requestBody);
    const isRequired = isJsonObject(requestBody) && requestBody.required === true;
    if (body === undefined && !isRequired) return [];
    const problems = this.#description.problems(`${this.id} body`, schema, body ?? {}, "body");
    const properties = isJsonObject(schema) ? schema.properties : undefined;
    if (isJsonObject(body) && isJsonObject(properties)) {
      for (const name of Object.keys(body)) if (!(name in properties)) problems.push(`body/${name} is unknown`);
    }
    return problems;
  }
}

function coerced(text: string, schema: unknown): unknown {
  const type = isJsonObject(schema) ? schema.type : undefined;
  if ((type === "integer" || type === "number") && /^-?\d+$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (type === "array") return text.split(",");
  return text;
}
