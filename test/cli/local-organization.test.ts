import { expect, test } from "vitest";
import { localScope } from "../../src/cli/local-organization.ts";
import { parseOrganizationId } from "../../src/workspace/scope.ts";

test.each([
  ["/home/Acme Inc.", "acme-inc"],
  ["./", expect.stringMatching(/^[a-z0-9-]+$/)],
  ["/", "local"],
  ["/srv/global", "local"],
  [`/srv/${"a".repeat(62)}-bc`, "a".repeat(62)],
])("localScope() makes a slug of the folder's name where nothing names a scope: %j", (directory, slug) => {
  expect(localScope(undefined, directory)).toMatchObject({ kind: "organization", slug });
});

test("localScope() gives equal slugs equal ids, and other slugs other ids", () => {
  const [acme, again, globex] = ["acme", "acme", "globex"].map((slug) => localScope(slug, "/x"));
  expect(acme).toEqual(again);
  expect(acme).not.toEqual(globex);
  expect(acme?.kind === "organization" && parseOrganizationId(acme.id)).toBeTruthy();
});

test("localScope() takes an id as it is, in lower case, and global as no organisation", () => {
  const id = "0F8FAD5B-D9CB-469F-A165-70867728950E";
  expect(localScope(id, "/srv/acme")).toEqual({ kind: "organization", id: id.toLowerCase(), slug: "acme" });
  expect(localScope("global", "/srv/acme")).toEqual({ kind: "global" });
});
