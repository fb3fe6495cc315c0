import { expect, test } from "vitest";
import { decideBinding } from "../../src/workspace/binding.ts";
import type { Grant } from "../../src/workspace/grant.ts";
import { globalScope, type OrganizationId, type Scope, scopeOf } from "../../src/workspace/scope.ts";

const acme = scopeOf({ id: "11111111-0000-4000-8000-000000000000" as OrganizationId, slug: "acme" });
const other = scopeOf({ id: "22222222-0000-4000-8000-000000000000" as OrganizationId, slug: "other" });
const toAcme: Grant = { scope: acme, kind: "repository", repositoryId: 10 };

const decide = (requested: Scope | undefined, bound: Scope | null, grants: readonly Grant[]) =>
  decideBinding({
    request: { scope: "as-written" },
    requested,
    repository: { id: 10, accountId: 20, scope: bound },
    grants,
  });

test("decideBinding() binds where a grant allows what the file asks for", () => {
  expect(decide(acme, null, [toAcme])).toEqual({ kind: "bound", granted: { scope: acme, access: "write" } });
  expect(decide(acme, acme, [toAcme])).toMatchObject({ kind: "bound" });
});

test("decideBinding() leaves a request without a grant pending", () => {
  expect(decide(acme, null, [])).toEqual({ kind: "pending", name: "as-written" });
  expect(decide(globalScope, null, [toAcme])).toEqual({ kind: "pending", name: "as-written" });
});

test("decideBinding() holds a bound repository to its grant: without one nothing more is written", () => {
  expect(decide(acme, acme, [])).toEqual({ kind: "pending", name: "as-written" });
});

test("decideBinding() refuses another scope than the bound one, even where it is granted or does not exist", () => {
  expect(decide(acme, other, [toAcme])).toEqual({ kind: "other-scope", bound: other, requested: "as-written" });
  expect(decide(undefined, other, [toAcme])).toMatchObject({ kind: "unknown-scope" });
  expect(decide(globalScope, other, [])).toMatchObject({ kind: "other-scope" });
});

test("decideBinding() says where nobody goes by the requested name", () => {
  expect(decide(undefined, null, [toAcme])).toEqual({ kind: "unknown-scope", requested: "as-written" });
});
