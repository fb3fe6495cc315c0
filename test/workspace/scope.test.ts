import { expect, test } from "vitest";
import {
  globalScope,
  type OrganizationId,
  parseOrganizationId,
  sameScope,
  scopeKey,
  scopeOf,
  scopeSlug,
  slugProblem,
} from "../../src/workspace/scope.ts";

const id = "0b0e7a52-5b0f-4c57-9f6e-1d2f6f9f0a01" as OrganizationId;

test("a scope is spelled by id in keys and by slug for people, and global is global in both", () => {
  const acme = scopeOf({ id, slug: "acme" });
  expect([scopeKey(acme), scopeSlug(acme)]).toEqual([id, "acme"]);
  expect([scopeKey(globalScope), scopeSlug(globalScope)]).toEqual(["global", "global"]);
});

test("sameScope() goes by id: a renamed organisation is the same one", () => {
  expect(sameScope(scopeOf({ id, slug: "acme" }), scopeOf({ id, slug: "acme-health" }))).toBe(true);
  expect(sameScope(scopeOf({ id, slug: "acme" }), globalScope)).toBe(false);
  expect(sameScope(globalScope, { kind: "global" })).toBe(true);
});

test("parseOrganizationId() folds case and refuses what is no UUID", () => {
  expect(parseOrganizationId(id.toUpperCase())).toBe(id);
  for (const text of ["", "global", id.slice(1), `${id}0`, ` ${id}`, id.replaceAll("-", "")]) {
    expect(parseOrganizationId(text)).toBeUndefined();
  }
});

test.each(["a", "7", "acme", "acme-health", "a--b", "a".repeat(63)])("%s is a slug", (slug) => {
  expect(slugProblem(slug)).toBeUndefined();
});

test.each(["", "global", id, "Acme", "-acme", "acme-", "acme_x", "acme/x", "a".repeat(64), "é", "acme\n"])(
  "%j is no slug",
  (slug) => {
    expect(slugProblem(slug)).toContain("slug");
  },
);
