import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { verifySignature } from "../../src/github/signature.ts";

const sign = (secret: string, body: Uint8Array) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
const body = Buffer.from('{"text":"Grüße 🌉"}');

test("verifySignature() accepts the published example", async () => {
  const header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  expect(await verifySignature(["It's a Secret to Everybody"], Buffer.from("Hello, World!"), header)).toBe(true);
});

test("verifySignature() accepts any of the secrets while one is being replaced", async () => {
  for (const secret of ["old", "new"])
    expect(await verifySignature(["old", "new"], body, sign(secret, body))).toBe(true);
  expect(await verifySignature(["new"], body, sign("old", body))).toBe(false);
  expect(await verifySignature([], body, sign("old", body))).toBe(false);
});

test("verifySignature() never takes an empty secret for one", async () => {
  expect(await verifySignature([""], body, sign("", body))).toBe(false);
});

test("verifySignature() refuses a header that is missing, cut or of another kind", async () => {
  const good = sign("secret", body);
  for (const header of [undefined, "", "sha256=", good.slice(0, -1), `${good}0`, good.replace("sha256", "sha1")]) {
    expect(await verifySignature(["secret"], body, header)).toBe(false);
  }
});

test("verifySignature() refuses a body with a single other byte", async () => {
  const changed = Buffer.from(body);
  changed[3] = (changed[3] ?? 0) ^ 1;
  expect(await verifySignature(["secret"], changed, sign("secret", body))).toBe(false);
});

test("verifySignature() refuses bytes that are not UTF-8, and what they would be replaced by", async () => {
  const broken = Buffer.from([0x7b, 0xff, 0x7d]);
  expect(await verifySignature(["secret"], broken, sign("secret", broken))).toBe(false);
  expect(await verifySignature(["secret"], broken, sign("secret", Buffer.from(broken.toString())))).toBe(false);
});

test("verifySignature() counts a byte order mark as part of the body", async () => {
  const marked = Buffer.from("\uFEFF{}");
  expect(await verifySignature(["secret"], marked, sign("secret", marked))).toBe(true);
  expect(await verifySignature(["secret"], marked, sign("secret", Buffer.from("{}")))).toBe(false);
});
