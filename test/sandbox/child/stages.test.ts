import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";

let told: {
  readonly sets: Readonly<Record<string, boolean>>;
  readonly compared: Readonly<Record<string, readonly unknown[]>>;
};

beforeAll(async () => {
  const script = fileURLToPath(new URL("stages-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--no-node-snapshot", "--no-warnings", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  told = JSON.parse(await text(child.stdout));
});

test("a stage is set for the program that came back, anew after each run, and for no other program or limit", () => {
  expect(told.sets).toEqual({ itself: true, again: true, another: false, otherMemory: false });
});

test.each(["works", "fails"])("a run on a stage that was set does as modules do: %s", (name) => {
  const [asModules, ...onSet] = told.compared[name] ?? [];
  expect(onSet).toEqual([asModules, asModules, asModules]);
  expect(asModules).toMatchObject({ kind: "done", diagnostics: name === "works" ? [] : [{ line: 2, column: 8 }] });
});
