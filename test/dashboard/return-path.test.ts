import { expect, test } from "vitest";
import { returnPath } from "../../src/dashboard/access/return-path.ts";

test.each(["/scopes", "/scopes/acme/modules/shared/halopsa.ts?view=diff&q=a%2Fb", "/compare?from=1&to=2", "/"])(
  "returnPath(%j) is where it leads",
  (path) => {
    expect(returnPath(path)).toBe(path);
  },
);

test.each([
  "//elsewhere.test/scopes",
  "/\\elsewhere.test",
  "\\\\elsewhere.test",
  "/\t/elsewhere.test",
  "/\n/elsewhere.test",
  "/..//elsewhere.test",
  "https://elsewhere.test/",
  "javascript:alert(1)",
  "scopes",
  "",
  "/login?return=/login",
  "/login/callback?code=1",
  "/logout",
  `/scopes?q=${"a".repeat(2_000)}`,
  null,
  undefined,
])("returnPath(%j) is the front page", (path) => {
  expect(returnPath(path)).toBe("/");
});
