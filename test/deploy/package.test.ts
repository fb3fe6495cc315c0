// The npm package and the GitHub Action on it, as a project that depends on it finds them: unpacked in node_modules, where Node
// erases no types.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

let project: string;
let bifrost: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "bifrost-package-"));
  await cp(join(repository, "examples"), join(project, "examples"), { recursive: true });
  // What the project's own lock file installed is what npm would install beside the package.
  const modules = join(project, "node_modules");
  await mkdir(modules);
  for (const name of await readdir(join(repository, "node_modules"))) {
    if (name !== ".bin") await symlink(join(repository, "node_modules", name), join(modules, name));
  }
  const packed = join(modules, "bifrost-modules");
  await run(join(repository, "script/package"), [packed]);
  bifrost = join(packed, "bin/bifrost");
}, 120_000);
afterAll(() => rm(project, { recursive: true, force: true }));

/** Runs a program in the project, and gives what it printed and how it ended. */
async function start(file: string, args: readonly string[], env: Record<string, string> = {}) {
  try {
    const { stdout } = await run(file, args, { cwd: project, env: { PATH: process.env.PATH, ...env } });
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe("the npm package", () => {
  test("names its program as npx looks for it, and nothing that only a checkout uses", async () => {
    const manifest = JSON.parse(await readFile(join(project, "node_modules/bifrost-modules/package.json"), "utf8"));
    expect(manifest.bin).toEqual({ bifrost: "bin/bifrost", "bifrost-modules": "bin/bifrost" });
    expect(Object.keys(manifest)).not.toContain("devDependencies");
    expect(Object.keys(manifest)).not.toContain("private");
  });

  test("links and runs a folder", async () => {
    const args = ["check", "examples/acme", "--global", "examples/global", "--json"];
    const { code, stdout } = await start(process.execPath, [bifrost, ...args]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, modules: { org: 2, overridden: 1 } });
  });

  test("explains a diagnostic code", async () => {
    const { stdout } = await start(process.execPath, [bifrost, "explain", "module-not-found"]);
    expect(stdout).toContain("# module-not-found");
  });
});

describe("the GitHub Action", () => {
  const check = async (inputs: Record<string, string>) => {
    const output = join(project, "output");
    await writeFile(output, "");
    const { code, stdout } = await start(join(repository, ".github/actions/check/check.sh"), [], {
      BIFROST: `${process.execPath} ${bifrost}`,
      RUNNER_TEMP: project,
      GITHUB_OUTPUT: output,
      ...inputs,
    });
    const [, report = ""] = /^report=(.*)$/m.exec(await readFile(output, "utf8")) ?? [];
    return { code, lines: stdout.trim().split("\n"), report: JSON.parse(await readFile(report, "utf8")) };
  };

  test("passes where every workflow does", async () => {
    const { code, lines, report } = await check({ FOLDER: "examples/acme", GLOBAL: "examples/global", SCOPE: "acme" });
    expect({ code, lines }).toEqual({ code: 0, lines: ["All 1 workflows passed"] });
    expect(report.ok).toBe(true);
  });

  test("annotates what is broken at its line, and fails", async () => {
    const { code, lines } = await check({ FOLDER: "examples/acme" });
    expect(code).toBe(1);
    expect(lines[0]).toMatch(
      /^::error file=examples\/acme\/workflows\/escalate\.ts,line=3,col=26,title=module-not-found::/,
    );
    expect(lines.at(-1)).toBe("1 of 1 workflows failed");
  });

  test("lets nothing that a file says begin another command", async () => {
    const folder = join(project, "hostile");
    await mkdir(join(folder, "workflows"), { recursive: true });
    await writeFile(
      join(folder, "workflows/a.ts"),
      'throw new Error("x\\n::error::forged\\r\\n::set-output name=a::b");\n',
    );
    const { code, lines } = await check({ FOLDER: "hostile" });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith("::"))).toHaveLength(1);
  });
});
