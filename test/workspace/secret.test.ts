import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { withoutSecrets } from "../../src/workspace/secret.ts";

const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" });

test("withoutSecrets() takes out private keys, also escaped in JSON and cut off", () => {
  expect(withoutSecrets(`key: ${pem}end`)).toBe("key: [private key]\nend");
  const json = withoutSecrets(JSON.stringify({ key: pem, other: 1 }));
  expect(JSON.parse(json)).toEqual({ key: "[private key]\n", other: 1 });
  expect(withoutSecrets(pem.slice(0, 300))).toBe("[private key]");
});

test("withoutSecrets() takes out every kind of token that GitHub gives", () => {
  const long = `ghs_12_eyJh.${"a".repeat(400)}.${"b-_".repeat(30)}`;
  for (const token of [long, ...["ghp", "gho", "ghu", "ghs", "ghr"].map((kind) => `${kind}_${"a1".repeat(18)}`)]) {
    expect(withoutSecrets(`(${token})`)).toBe("([token])");
  }
  expect(withoutSecrets(`github_pat_${"a1_".repeat(20)}`)).toBe("[token]");
});

test("withoutSecrets() takes out signed tokens and authorization headers", () => {
  expect(withoutSecrets("x eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjEyMzQ1fQ.c2lnbmF0dXJl y")).toBe("x [token] y");
  expect(withoutSecrets("authorization: Bearer abcdefghijklmnop123")).toBe("authorization: Bearer [token]");
});

test("withoutSecrets() takes passwords out of addresses and leaves the rest of them", () => {
  expect(withoutSecrets("postgres://bifrost:p4ss@db.internal:5432/modules")).toBe(
    "postgres://bifrost:[password]@db.internal:5432/modules",
  );
  expect(withoutSecrets("redis://:p4ss@cache:6379")).toBe("redis://:[password]@cache:6379");
});

test("withoutSecrets() leaves ordinary text, ids and addresses alone", () => {
  for (const text of [
    "https://api.github.com/repos/acme/modules:80",
    "bifrost://global/shared/a.ts:3:12",
    `commit ${"0123456789".repeat(4)}`,
    "the token was refused",
    "ghs_short",
    "see https://example.com/a:b and mail me@example.com",
  ]) {
    expect(withoutSecrets(text)).toBe(text);
  }
});

test.each(["a.", "eyJaaaaaaaa-", "eyJaaaaaaaa.", "token ", "a://", "a:", "-----BEGIN ", "ghp_.", "?code=", "bearer  "])(
  "withoutSecrets() takes 2 MB of %j",
  (part) => {
    const text = part.repeat(2_000_000 / part.length);
    expect(withoutSecrets(text).length).toBeLessThanOrEqual(text.length);
  },
);
