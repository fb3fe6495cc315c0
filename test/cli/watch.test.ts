import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bifrostHere, makeFolder } from "./bifrost.ts";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");

/** Starts a command with `--watch` and gives what waits for its reports. */
function watching(command: "check" | "run", ...args: string[]) {
  const child = spawn(process.execPath, [main, command, "--watch", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const ended = once(child, "exit");
  let printed = "";
  child.stdout.setEncoding("utf8");
  /** Waits for a report that says this; one change may make more than one report. */
  const reportWith = async (wanted: string): Promise<void> => {
    for (;;) {
      const at = printed.indexOf(wanted);
      const end = at === -1 ? -1 : printed.indexOf("Waiting for changes. Ctrl+C ends.\n", at);
      if (end !== -1) {
        printed = printed.slice(end);
        return;
      }
      const [text] = await once(child.stdout, "data");
      printed += text;
    }
  };
  return { child, ended, reportWith };
}

test("check --watch checks again when a file of either folder changes, whatever was wrong, until it is interrupted", async () => {
  const global = makeFolder({ "shared/text.ts": "export const loud = 1;" });
  const workflow = 'import { loud } from "shared/text";\nexport default () => loud;\n';
  const folder = makeFolder({ "workflows/a.ts": workflow });
  const { child, ended, reportWith } = watching("check", folder, "--global", global);
  await reportWith("passed  1 workflow: 1 passed");

  writeFileSync(join(folder, "workflows/a.ts"), workflow.replace("loud }", "lowd as loud }"));
  await reportWith("did you mean loud");
  rmSync(join(folder, "workflows"), { recursive: true });
  await reportWith("There is nothing to check");
  writeFileSync(join(folder, "b.ts"), workflow);
  await reportWith("passed  0 workflows");
  rmSync(join(global, "shared/text.ts"));
  await reportWith("Cannot find module");

  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
});

test("check --watch goes on when its folder is moved away, and another or none is put in its place", async () => {
  const home = makeFolder({ "above/acme/workflows/a.ts": "export default () => 1;" });
  const folder = join(home, "above/acme");
  const { reportWith } = watching("check", folder);
  await reportWith("passed  1 workflow");

  renameSync(folder, join(home, "elsewhere"));
  await reportWith("it does not exist");
  renameSync(join(home, "elsewhere"), folder);
  await reportWith("passed  1 workflow");
  writeFileSync(join(folder, "workflows/a.ts"), "export default () => {");
  await reportWith("failed  1 error");

  cpSync(join(home, "above"), join(home, "copy"), { recursive: true });
  writeFileSync(join(home, "copy/acme/workflows/b.ts"), "export default () => 2;");
  rmSync(join(home, "above"), { recursive: true });
  await reportWith("it does not exist");
  renameSync(join(home, "copy"), join(home, "above"));
  await reportWith("2 workflows: 1 passed, 1 failed");
  rmSync(join(folder, "workflows/a.ts"));
  await reportWith("passed  1 workflow");
});

test("run --watch runs again when a file of the folder changes, its input too, until it is interrupted", async () => {
  const folder = makeFolder({
    "shared/text.ts": "export const loud = (text: string) => text.toUpperCase();",
    "workflows/a.ts":
      'import { loud } from "shared/text";\nexport default (input: string) => { console.log("ran"); return loud(input); };\n',
    "input.json": '"one"',
  });
  const { child, ended, reportWith } = watching(
    "run",
    "a",
    "--dir",
    folder,
    "--input",
    `@${join(folder, "input.json")}`,
  );
  await reportWith('ran\n"ONE"\n');
  writeFileSync(join(folder, "input.json"), '"two"');
  await reportWith('"TWO"\n');
  writeFileSync(join(folder, "shared/text.ts"), "export const loud = (text: string) => text.missing();");
  await reportWith("text.missing is not a function");
  rmSync(join(folder, "workflows/a.ts"));
  await reportWith('Cannot find the workflow "workflows/a"');
  writeFileSync(join(folder, "workflows/a.ts"), "export default () => 3;\n");
  await reportWith("3\n");

  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
});

test("check --watch and --json exclude each other", async () => {
  const { exitCode, stdout } = await bifrostHere(["check", makeFolder(), "--watch", "--json"]);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain("--watch");
});
