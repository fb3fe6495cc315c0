// Scripts of programs that come back, made in a process of their own.
import { expect, onTestFinished, test } from "vitest";
import type { MemoryWatch } from "../../src/sandbox/resident.ts";
import { createScripts, type Scripts } from "../../src/sandbox/scripts.ts";
import type { Program } from "../../src/workspace/program.ts";
import { children, childrenAfter } from "./children.ts";
import { programOf } from "./program.ts";

const watch: MemoryWatch = { watchIntervalMs: 5, residentAllowanceMegabytes: 128, residentMegabytesMax: undefined };

function scriptsFor(options = watch): Scripts {
  const scripts = createScripts(options);
  onTestFinished(() => scripts.close());
  return scripts;
}

function comeBack(scripts: Scripts, program: Program): void {
  for (let run = 0; run < 2; run += 1) scripts.countRun(program);
}

const one = programOf({
  "a.js": "export const a = 1;",
  "main.js": 'import { a } from "./a.js"; export default () => a;',
});
const other = programOf({ "main.js": "export default () => 2;" });
const circle = programOf({
  "a.js": 'import { b } from "./main.js"; export const a = () => b;',
  "main.js": 'import { a } from "./a.js"; export const b = 1; export default () => a();',
});
const deep = programOf({ "main.js": `export default () => 1;\nexport const s = ${"1+".repeat(5_000)}1;` });
const large = programOf({ "main.js": `export default () => 1; // ${"x".repeat(2 * 1024 * 1024)}` });

test("a program has a script once it has come back, and no process is started before", async () => {
  const before = children();
  const scripts = scriptsFor();
  scripts.countRun(one);
  scripts.countRun(other);
  expect(childrenAfter(before)).toEqual([]);
  scripts.countRun(one);
  await expect.poll(() => scripts.of(one), { timeout: 20_000 }).toMatchObject({ namespaces: [] });
  expect(scripts.of(one)?.text).toContain("      const a = 1;");
  expect(scripts.of(other)).toBeUndefined();
});

test("what cannot be a script is none, and keeps no other from becoming one", async () => {
  const scripts = scriptsFor();
  for (const program of [circle, deep, large, one]) comeBack(scripts, program);
  await expect.poll(() => scripts.of(one), { timeout: 20_000 }).toBeDefined();
  for (const program of [circle, deep, large]) expect(scripts.of(program)).toBeUndefined();
});

test("a program that is refused loses its script and gets none again", async () => {
  const scripts = scriptsFor();
  comeBack(scripts, one);
  await expect.poll(() => scripts.of(one), { timeout: 20_000 }).toBeDefined();
  scripts.refuse(one);
  comeBack(scripts, other);
  scripts.refuse(other);
  for (const program of [one, other]) comeBack(scripts, program);
  const third = programOf({ "main.js": "export default () => 5;" });
  comeBack(scripts, third);
  await expect.poll(() => scripts.of(third), { timeout: 20_000 }).toBeDefined();
  for (const program of [one, other]) expect(scripts.of(program)).toBeUndefined();
});

test("a process that is lost over a program is replaced, and the program is not tried again", async () => {
  const before = children();
  const scripts = scriptsFor();
  comeBack(scripts, one);
  await expect.poll(() => scripts.of(one), { timeout: 20_000 }).toBeDefined();
  const [pid = ""] = childrenAfter(before);
  process.kill(Number(pid), "SIGSTOP");
  comeBack(scripts, other);
  process.kill(Number(pid), "SIGKILL");
  const third = programOf({ "main.js": "export default () => 3;" });
  comeBack(scripts, third);
  await expect.poll(() => scripts.of(third), { timeout: 20_000 }).toBeDefined();
  expect(childrenAfter(before)).not.toContain(pid);
  comeBack(scripts, other);
  comeBack(scripts, programOf({ "main.js": "export default () => 4;" }));
  await expect
    .poll(() => scripts.of(programOf({ "main.js": "export default () => 4;" })), { timeout: 20_000 })
    .toBeDefined();
  expect(scripts.of(other)).toBeUndefined();
});

test("a process that outgrows what it may is killed", async () => {
  const before = children();
  // Less than it weighs already.
  const scripts = scriptsFor({ ...watch, residentMegabytesMax: 1 });
  comeBack(
    scripts,
    programOf({ "main.js": `export default () => 1; ${"function f() { return {}; }".repeat(60_000)}` }),
  );
  await expect.poll(() => childrenAfter(before).length, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => childrenAfter(before).length, { timeout: 20_000 }).toBe(0);
});
