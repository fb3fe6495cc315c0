import { pino } from "pino";
import { expect, test } from "vitest";
import { Fault } from "../../src/errors.ts";
import { createRateLimits, type Limit, type RateLimits } from "../../src/http/rate-limits.ts";

function limitsOf(options: { clock: () => number; clientsMax?: number }, lines: string[] = []): RateLimits {
  return createRateLimits({ log: pino({ level: "warn" }, { write: (line) => lines.push(line) }), ...options });
}

/** How much a client gets before it is refused. */
function takeAll(limits: RateLimits, limit: Limit, who: string): number {
  for (let taken = 0; ; taken += 1) {
    try {
      limits.take(limit, who);
    } catch {
      return taken;
    }
  }
}

function refusal(take: () => void): Fault {
  try {
    take();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("Nothing was refused");
}

test("createRateLimits() gives a burst, and then as much as comes back", () => {
  let now = 0;
  const limits = limitsOf({ clock: () => now });
  expect(takeAll(limits, "public", "one")).toBe(120);
  expect(limits.isSpent("public", "one")).toBe(true);
  now += 60_000 / 240;
  expect(limits.isSpent("public", "one")).toBe(false);
  expect(takeAll(limits, "public", "one")).toBe(1);
  // A refusal costs nothing: whoever goes on asking is let in as soon as whoever waited.
  now += 10_000;
  expect(takeAll(limits, "public", "one")).toBe(40);
  now += 3_600_000;
  expect(takeAll(limits, "public", "one")).toBe(120);
});

test("createRateLimits() counts clients and limits apart", () => {
  const limits = limitsOf({ clock: () => 0 });
  takeAll(limits, "public", "one");
  expect(() => limits.take("public", "two")).not.toThrow();
  expect(() => limits.take("asset", "one")).not.toThrow();
});

test("createRateLimits() says how long to wait for what was asked", () => {
  const limits = limitsOf({ clock: () => 0 });
  for (let taken = 0; taken < 60; taken += 1) limits.take("viewer", 7, 5);
  const fault = refusal(() => limits.take("viewer", 7, 5));
  expect(fault).toMatchObject({ code: "too-many-requests", remedy: "Wait 1 s, then ask again" });
  expect(fault.message).toBe("There were too many requests with your sign-in in a short time");
});

test("createRateLimits() remembers no more clients than it may, and those that came last", () => {
  const limits = limitsOf({ clock: () => 0, clientsMax: 100 });
  takeAll(limits, "forged", "first");
  for (let client = 0; client < 99; client += 1) limits.take("forged", `${client}`);
  expect(limits.isSpent("forged", "first")).toBe(true);
  for (let client = 0; client < 1_000; client += 1) limits.take("forged", `${client}`);
  expect(limits.isSpent("forged", "first")).toBe(false);
});

test("createRateLimits() logs a flood as a line now and then, with what to do where it is no flood", () => {
  let now = 0;
  const lines: string[] = [];
  const limits = limitsOf({ clock: () => now }, lines);
  takeAll(limits, "public", "198.51.100.7");
  for (let sent = 0; sent < 1_000; sent += 1) refusal(() => limits.take("public", "198.51.100.7"));
  now += 10_000;
  takeAll(limits, "public", "198.51.100.7");
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ limit: "public", who: "198.51.100.7" });
  expect(lines[0]).toContain("BIFROST_TRUSTED_PROXIES");
});
