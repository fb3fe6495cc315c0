// What a person may write for a moment of the past, and what it means.
import { expect, test } from "vitest";
import { parseMoment } from "../../src/history/moment.ts";

test.each([
  ["0", 0],
  ["42", 42],
])("parseMoment() takes %j as a revision", (text, number) => {
  expect(parseMoment(text)).toEqual({ kind: "revision", number });
});

test.each([
  ["2026-03-01", "2026-03-01T00:00:00.000Z"],
  ["2026-03-01T12:30", "2026-03-01T12:30:00.000Z"],
  ["2026-03-01 12:30:15", "2026-03-01T12:30:15.000Z"],
  ["2026-03-01T12:30:15.5Z", "2026-03-01T12:30:15.500Z"],
  ["2026-03-01T12:30+02:00", "2026-03-01T10:30:00.000Z"],
])("parseMoment() takes %j as a time, in UTC where it names no zone", (text, at) => {
  expect(parseMoment(text)).toEqual({ kind: "time", at: new Date(at) });
});

test.each(["", "-1", "1.5", "v1", "yesterday", "2026-13-01", "2026-02-30T25:00", "2026-3-1", "12:30", "1234567890"])(
  "parseMoment() takes %j as neither",
  (text) => {
    expect(parseMoment(text)).toBeUndefined();
  },
);
