// docs/reference/ and the index of the diagnostics are what the program says of itself, and so is the help of its commands.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentOf, examplesOf, leafCommands } from "../../script/reference/commands.ts";
import { referencePages } from "../../script/reference/pages.ts";
import { wordsOf } from "./shell-words.ts";
import { problemOfBifrost } from "./unrun-lines.ts";

const root = new URL("../../", import.meta.url);
const pages = await referencePages();

test.each([...pages.keys()])("%s is what `npm run reference` writes", (path) => {
  expect(readFileSync(new URL(path, root), "utf8")).toBe(pages.get(path));
});

test("docs/reference/ holds nothing else", () => {
  const written = [...pages.keys()].filter((path) => path.startsWith("docs/reference/"));
  const there = readdirSync(new URL("docs/reference/", root)).map((name) => `docs/reference/${name}`);
  expect(there.sort()).toEqual(written.sort());
});

describe("the help of every command", () => {
  const commands = leafCommands();

  test.each(commands)("$name has an example that it takes", async ({ name, command }) => {
    const examples = examplesOf(command);
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const words = wordsOf(example).filter((word) => !/^[A-Z_]+=/.test(word));
      expect(words.join(" ")).toMatch(new RegExp(`^${name}( |$)`));
      expect(await problemOfBifrost(words.slice(1)), example).toBeUndefined();
    }
  });

  test("all but serve declare the document that they print", () => {
    const without = commands.filter(({ command }) => documentOf(command) === undefined).map(({ name }) => name);
    expect(without).toEqual(["bifrost serve"]);
  });
});
