import { expect, test } from "vitest";
import { bifrostHere, makeFolder } from "./bifrost.ts";

test("JSON output obeys nothing that it was given, and loses nothing of it", async () => {
  const specifier = "./\u009b31m\u0085\u007f\u202etxt\u2066";
  const { stdout } = await bifrostHere(["resolve", specifier, "--dir", makeFolder({}), "--json"]);
  expect(stdout).toContain("\\u009b31m\\u0085\\u007f\\u202etxt\\u2066");
  expect(stdout).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
  expect(JSON.parse(stdout).tried).toContainEqual({ scope: "global", path: `${specifier.slice(2)}.ts` });
});
