import { expect, test } from "vitest";
import { Fault } from "../src/errors.ts";
import { createLog } from "../src/log.ts";

const token = `ghs_123_${"aA0-_".repeat(60)}.${"b".repeat(100)}.${"c".repeat(100)}`;

function written(write: (log: ReturnType<typeof createLog>) => void, secrets: readonly string[] = []) {
  let text = "";
  const to = {
    write(line: string) {
      text += line;
    },
  };
  write(createLog("debug", { to, secrets }));
  return text;
}

test("createLog() writes lines of JSON with the level's name and the time", () => {
  const line = JSON.parse(written((log) => log.info({ repositoryId: 7 }, "synced")));
  expect(line).toEqual({ level: "info", time: expect.stringMatching(/^2\d{3}-.*Z$/), repositoryId: 7, msg: "synced" });
});

test("createLog() writes nothing below its level", () => {
  expect(written((log) => log.trace("quiet"))).toBe("");
});

test("createLog() frees messages, fields and errors with their causes from tokens", () => {
  const text = written((log) => {
    log.info(`asked with ${token}`);
    log.info({ url: `https://x/?access_token=${token}` }, "asked");
    log.error({ err: new Error("outer", { cause: new Fault("github-rejected", `because of ${token}`) }) });
  });
  expect(text).not.toContain("ghs_");
  expect(text).toContain("because of [token]");
  for (const line of text.trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
});

test("createLog() hides fields that hold secrets, also one and two steps down", () => {
  const text = written((log) => {
    log.info({
      password: "hunter2",
      headers: { authorization: "hunter2" },
      request: { headers: { cookie: "hunter2" } },
    });
    log.info({ headers: { "x-hub-signature-256": "hunter2", "set-cookie": "hunter2" } });
  });
  expect(text).not.toContain("hunter2");
});

test("createLog() hides the values it was given, as JSON spells them", () => {
  const secret = 'it"s a\\secret';
  const text = written((log) => log.warn({ text: `wrong secret ${secret}!` }), [secret, ""]);
  expect(JSON.parse(text).text).toBe("wrong secret [secret]!");
});
