import { expect, test } from "vitest";
import { ago, timeAgo } from "../../../src/dashboard/parts/time.ts";

const now = new Date("2026-03-31T12:00:00Z");

test.each([
  ["2026-03-31T11:59:30Z", "just now"],
  ["2026-03-31T11:58:59Z", "1 minute ago"],
  ["2026-03-31T09:30:00Z", "2 hours ago"],
  ["2026-03-30T11:00:00Z", "yesterday"],
  ["2024-01-01T00:00:00Z", "2 years ago"],
  ["2026-04-01T13:00:00Z", "tomorrow"],
  ["2026-03-31T12:00:10Z", "in a moment"],
])("ago(%s) is %s", (moment, words) => {
  expect(ago(new Date(moment), now)).toBe(words);
});

test("timeAgo() keeps the exact time at hand", async () => {
  expect(`${await timeAgo(new Date("2026-03-31T09:30:00Z"), now)}`).toBe(
    '<time datetime="2026-03-31T09:30:00.000Z" title="2026-03-31 09:30:00 UTC">2 hours ago</time>',
  );
});
