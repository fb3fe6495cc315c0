import { afterAll, expect, test } from "vitest";
import { createParser } from "../../src/parsing/parser.ts";

const parser = createParser();
afterAll(() => parser.close());

const good = (name: string) => ({ language: "typescript" as const, source: `export const ${name}: number = 1;` });

test("parse() gives the records in order, with what they export", async () => {
  const records = await parser.parse([good("one"), { language: "json", source: "{}" }, good("two")]);
  expect(records.map(({ exports }) => [...exports.keys()])).toEqual([["one"], ["default"], ["two"]]);
});

test.each([
  ["brackets", "[".repeat(20_000) + "]".repeat(20_000)],
  ["arrow functions", `${"a=>".repeat(20_000)}1`],
  ["conditions", `${"a?1:".repeat(20_000)}1`],
  ["sums", `1${"+1".repeat(60_000)}`],
  ["calls", `f${"()".repeat(340_000)}`],
])("parse() survives %s nested without end, and reads the files beside them", async (_, expression) => {
  const hostile = { language: "javascript" as const, source: `export default ${expression};` };
  const [before, broken, after] = await parser.parse([good("before"), hostile, good("after")]);
  expect([...(before?.exports.keys() ?? [])]).toEqual(["before"]);
  expect([...(after?.exports.keys() ?? [])]).toEqual(["after"]);
  expect(broken?.findings).toMatchObject([{ code: "syntax-error" }]);
});

test("a closed parser gives unreadable records instead of waiting", async () => {
  const closed = createParser();
  await closed.close();
  expect((await closed.parse([good("late")]))[0]?.findings).toMatchObject([{ code: "syntax-error" }]);
});
