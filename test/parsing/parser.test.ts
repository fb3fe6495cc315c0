import { afterAll, expect, onTestFinished, test } from "vitest";
import { createParseProcess } from "../../src/parsing/parse-process.ts";
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

test("parse() reads a file of more import statements than the quick way has room for", async () => {
  const parser = createParser({ sourceTimeoutMs: 60_000, processes: 1 });
  onTestFinished(() => parser.close());
  const lines = Array.from({ length: 8000 }, (_, index) => `import { a as b${index} } from "./x${index}";`);
  const [before, record, after] = await parser.parse([
    good("before"),
    { language: "typescript", source: `${lines.join("\n")}\nexport const made: number = 1;` },
    good("after"),
  ]);
  expect(record?.findings).toEqual([]);
  expect([record?.requests.length, record?.names.length, record?.exports.has("made")]).toEqual([8000, 8000, true]);
  expect([before, after].map((beside) => beside?.exports.size)).toEqual([1, 1]);
});

test("a process that takes more memory than any code needs is killed, whatever time it has", async () => {
  // Each of the findings draws the whole line, in memory to the square of it.
  const source = "export let x;".repeat(12_000);
  const parsing = createParseProcess(256);
  onTestFinished(() => parsing.close());
  const answer = await parsing.ask({ sources: [{ language: "javascript", source }], isRoomy: true }, 600_000);
  expect(answer).toEqual({ kind: "killed" });
});

test("parse() gives up where too many sources cannot be read", async () => {
  const impatient = createParser({ lostTimeoutMs: 1, processes: 1 });
  onTestFinished(() => impatient.close());
  const hostile = { language: "javascript" as const, source: `export default ${"[".repeat(20_000)}` };
  await expect(impatient.parse([hostile, hostile])).rejects.toMatchObject({ code: "sources-unreadable" });
  expect(await impatient.parse([good("later")])).toMatchObject([{ findings: [] }]);
});

test("a closed parser gives unreadable records instead of waiting", async () => {
  const closed = createParser();
  await closed.close();
  expect((await closed.parse([good("late")]))[0]?.findings).toMatchObject([{ code: "syntax-error" }]);
});
