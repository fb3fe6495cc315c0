import { expect, test } from "vitest";
import { createSessions, type Session } from "../../src/dashboard/access/session.ts";

const session: Session = {
  id: "0123456789abcdef",
  userId: 7,
  login: "mona",
  token: "ghu_0123456789abcdefghijklmnopqrstuvwxyz",
  tokenExpiresAt: null,
  refreshToken: null,
  endsAt: Math.floor(Date.now() / 1000) + 3600,
};

test("a session is read back by whoever holds the secret, and by nobody else", async () => {
  const sealed = await createSessions("a secret of all processes").seal(session);
  expect(sealed).not.toContain(Buffer.from("mona").toString("base64url"));
  expect(await createSessions("a secret of all processes").open(sealed)).toEqual(session);
  expect(await createSessions("another secret").open(sealed)).toBeUndefined();
});

test("a session that was changed or is over is none", async () => {
  const sessions = createSessions("a secret of all processes");
  const sealed = await sessions.seal(session);
  const parts = sealed.split(".");
  const changed = parts.with(3, `${parts[3]?.startsWith("A") ? "B" : "A"}${parts[3]?.slice(1)}`).join(".");
  expect(await sessions.open(changed)).toBeUndefined();
  const over = await sessions.seal({ ...session, endsAt: Math.floor(Date.now() / 1000) - 1 });
  expect(await sessions.open(over)).toBeUndefined();
});

test("the token of forms is the session's own, and the same in every process", () => {
  const [one, other] = [createSessions("a secret"), createSessions("a secret")];
  expect(one.formToken(session)).toBe(other.formToken(session));
  expect(one.formToken({ ...session, id: "fedcba9876543210" })).not.toBe(one.formToken(session));
});
