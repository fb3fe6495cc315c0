import { expect, test } from "vitest";
import {
  type Grant,
  grantBlastRadius,
  grantOperator,
  grantRepository,
  grantRun,
  readableLayers,
} from "../../src/workspace/grant.ts";
import { globalScope, type OrganizationId, type Scope, scopeOf, scopeSlug } from "../../src/workspace/scope.ts";

const scopeNamed = (slug: string, digit: string): Scope =>
  scopeOf({ id: `${digit.repeat(8)}-0000-4000-8000-000000000000` as OrganizationId, slug });
const acme = scopeNamed("acme", "1");
const other = scopeNamed("other", "2");
const repository = { id: 10, accountId: 20 };

test.each<[string, Grant, boolean]>([
  ["of the repository", { scope: acme, kind: "repository", repositoryId: 10 }, true],
  ["of its account", { scope: acme, kind: "account", accountId: 20 }, true],
  ["of another repository", { scope: acme, kind: "repository", repositoryId: 11 }, false],
  ["of another account", { scope: acme, kind: "account", accountId: 21 }, false],
  ["of an account with the repository's number", { scope: acme, kind: "account", accountId: 10 }, false],
  ["of a repository with the account's number", { scope: acme, kind: "repository", repositoryId: 20 }, false],
  ["of another scope", { scope: other, kind: "repository", repositoryId: 10 }, false],
  ["of global", { scope: globalScope, kind: "account", accountId: 20 }, false],
])("grantRepository() with a grant %s", (_, grant, isGranted) => {
  const granted = grantRepository(acme, repository, [grant]);
  expect(granted !== undefined).toBe(isGranted);
  if (granted) expect(granted).toEqual({ scope: acme, access: "write" });
});

test("grantRepository() gives nothing without grants, and finds one among many", () => {
  expect(grantRepository(acme, repository, [])).toBeUndefined();
  const grants: Grant[] = [
    { scope: other, kind: "account", accountId: 20 },
    { scope: acme, kind: "account", accountId: 20 },
  ];
  expect(grantRepository(acme, repository, grants)?.scope).toBe(acme);
  expect(grantRepository(globalScope, repository, grants)).toBeUndefined();
});

test("grantBlastRadius() lets whoever may change global read an organisation, and nobody else", () => {
  const [feeds] = [
    grantRepository(globalScope, repository, [{ scope: globalScope, kind: "repository", repositoryId: 10 }]),
  ];
  if (feeds === undefined) throw new Error("The grant names the repository");
  expect(grantBlastRadius(feeds, acme)).toEqual({ scope: acme, access: "read" });
  expect(grantBlastRadius(grantRun(globalScope), acme)).toBeUndefined();
  expect(grantBlastRadius(grantOperator(other), acme)).toBeUndefined();
  for (const layer of readableLayers(feeds, null)) expect(grantBlastRadius(layer, acme)).toBeUndefined();
});

test("a proof cannot be changed once it is made", () => {
  const granted = grantOperator(acme);
  expect(() => Object.assign(granted, { scope: globalScope })).toThrow(TypeError);
});

test("readableLayers() are the organisation's and then global, to be read only", () => {
  const spell = (scope: Scope, pin: number | null) =>
    readableLayers(grantOperator(scope), pin).map((it) => `${scopeSlug(it.scope)} ${it.access} ${it.at ?? "now"}`);
  expect(spell(acme, null)).toEqual(["acme read now", "global read now"]);
  expect(spell(acme, 42)).toEqual(["acme read now", "global read 42"]);
  expect(spell(globalScope, null)).toEqual(["global read now"]);
  expect(grantRun(acme)).toMatchObject({ scope: acme, access: "read" });
});
