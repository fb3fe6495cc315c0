// deploy/Dockerfile without a container: what it copies and runs is copied and run in folders in place of its stages, on the
// same version of Node, and what it starts is started on a database and probed as the image says.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DockerfileParser, type Instruction, type JSONInstruction } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import ignore from "ignore";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const text = await readFile(join(repository, "deploy/Dockerfile"), "utf8");
const dockerfile = DockerfileParser.parse(text);
const run = promisify(execFile);

let folder: string;
let database: TestDatabase;
const environment: Record<string, string> = {};
const started = new Map<string, readonly string[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bifrost-image-"));
  database = await createTestDatabase({ empty: true });
  await mkdir(join(folder, "bin"));
  await symlink(process.execPath, join(folder, "bin/node"));
  await build();
}, 180_000);
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The paths of the context that Docker would send, by the file beside the Dockerfile. */
async function contextFilter(): Promise<(path: string) => boolean> {
  const rules = await readFile(join(repository, "deploy/Dockerfile.dockerignore"), "utf8");
  // Docker matches a folder by what is in it, as Git does once the folder itself is let through.
  const filter = ignore().add(rules.replaceAll(/^\*$/gm, "/*").replaceAll(/^!([^/\n]+)\/.*$/gm, "!$1\n$&"));
  return (path) => path === "" || !filter.ignores(path);
}

const words = (instruction: Instruction): string[] => instruction.getArguments().map((argument) => argument.getValue());

/** Does what the instructions say, in a folder for each stage. */
async function build(): Promise<void> {
  const isSent = await contextFilter();
  const stages = new Map<string, string>();
  let root = "";
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword();
    const args = words(instruction);
    if (keyword === "FROM") {
      root = join(folder, `stage-${stages.size}`);
      stages.set(args[2] ?? "", root);
      await mkdir(join(root, "app"), { recursive: true });
    } else if (keyword === "COPY") {
      const from = /--from=(\S+)/.exec(instruction.getTextContent())?.[1];
      const sources = args.slice(0, -1);
      for (const source of sources) {
        const origin = from === undefined ? join(repository, source) : join(stages.get(from) ?? "", source);
        const target = join(root, "app", args.at(-1) ?? "", sources.length > 1 ? basename(source) : "");
        await cp(origin, target, {
          recursive: true,
          verbatimSymlinks: true,
          filter: (path) => from !== undefined || isSent(path.slice(repository.length)),
        });
      }
    } else if (keyword === "RUN") {
      const script = instruction.getArgumentsContent() ?? "";
      const env = { HOME: process.env.HOME, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
      // What a checkout has installed is in npm's cache.
      await run("sh", ["-ec", script], {
        cwd: join(root, "app"),
        env: { ...env, npm_config_prefer_offline: "true" },
      });
    } else if (keyword === "ENV") {
      for (const word of args) {
        const [name = "", value = ""] = word.split("=");
        environment[name] = value;
      }
    } else if (keyword === "ENTRYPOINT" || keyword === "CMD") {
      started.set(
        keyword,
        (instruction as JSONInstruction).getJSONStrings().map((word) => JSON.parse(word.getValue())),
      );
    }
  }
}

async function startImage(env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const [program = "", ...args] = [...(started.get("ENTRYPOINT") ?? []), ...(started.get("CMD") ?? [])];
  const child = spawn(join(folder, "bin", program), args, {
    cwd: join(folder, "stage-1/app"),
    env: { ...environment, HOST: "127.0.0.1", PORT: "0", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const { url } = line.startsWith("{") ? JSON.parse(line) : {};
    if (url === undefined) continue;
    child.stderr.resume();
    return { child, url };
  }
  throw new Error(`The image did not start:\n${lines.join("\n")}`);
}

test("the Dockerfile is valid", () => {
  expect(validate(text)).toEqual([]);
});

test("the image's Node is the one that the project runs on", () => {
  expect(text).toContain(`ARG NODE_VERSION=${manifest.dependencies.node}\n`);
});

test("the image runs as nobody", () => {
  const user = dockerfile.getInstructions().findLast((instruction) => instruction.getKeyword() === "USER");
  expect(user?.getArgumentsContent()).toBe("1000:1000");
});

test("the image holds no tests, no tools and no second Node", async () => {
  const { stdout } = await run("find", [".", "-maxdepth", "1"], { cwd: join(folder, "stage-1/app") });
  expect(stdout.trim().split("\n").sort()).toEqual(
    [".", "./LICENSE", "./app.yml", "./bin", "./docs", "./node_modules", "./package.json", "./src"].sort(),
  );
  const { stdout: packages } = await run("ls", ["node_modules"], { cwd: join(folder, "stage-1/app") });
  expect(packages.split("\n")).not.toContain("vitest");
  expect(packages.split("\n")).not.toContain("node");
});

test("the image starts on an empty database, is healthy by its own check, and stops on SIGTERM", async () => {
  const { child, url } = await startImage({ BIFROST_DATABASE_URL: database.url });
  try {
    const check = dockerfile.getInstructions().find((instruction) => instruction.getKeyword() === "HEALTHCHECK");
    const [, ...args] = JSON.parse(/\[.*\]/s.exec(check?.getTextContent() ?? "")?.[0] ?? "[]");
    const probe = (port: string) => run(join(folder, "bin/node"), args, { env: { PORT: port } });
    await expect(probe(new URL(url).port)).resolves.toBeDefined();
    // The check can fail.
    await expect(probe("1")).rejects.toThrow();
  } finally {
    child.kill("SIGTERM");
  }
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
