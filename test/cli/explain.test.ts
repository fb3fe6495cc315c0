import { expect, test } from "vitest";
import { diagnosticCodes } from "../../src/workspace/diagnostic.ts";
import { bifrostHere } from "./bifrost.ts";

test("explain prints the page of a code, in whatever case it is written", async () => {
  const { exitCode, stdout } = await bifrostHere(["explain", "Timeout"]);
  expect(stdout).toMatch(/^# timeout\n[\s\S]+## What to do/);
  expect(exitCode).toBe(0);
  const { stdout: json } = await bifrostHere(["explain", "timeout", "--json"]);
  expect(JSON.parse(json)).toEqual({
    code: "timeout",
    summary: expect.stringMatching(/^A run took longer .+\.$/),
    text: stdout,
  });
});

test("explain lists every code with what it says where none is named", async () => {
  const { exitCode, stdout } = await bifrostHere(["explain"]);
  expect(stdout.trimEnd().split("\n").slice(1)).toEqual(
    diagnosticCodes.map((code) => expect.stringMatching(new RegExp(`^${code} +\\S.+\\.$`))),
  );
  expect(exitCode).toBe(0);
  const { codes } = JSON.parse((await bifrostHere(["explain", "--json"])).stdout);
  expect(codes.map(({ code }: { code: string }) => code)).toEqual(diagnosticCodes);
});

test("explain offers the nearest code for a slip of the pen, and the list for anything else", async () => {
  const slip = await bifrostHere(["explain", "export-not-fond"]);
  expect(slip.stderr).toContain('Write "export-not-found" if that is what you mean');
  const other = await bifrostHere(["explain", "weather"]);
  expect(other.stderr).toContain('to do: List the codes with "bifrost explain"');
  expect([slip.exitCode, other.exitCode]).toEqual([2, 2]);
});
