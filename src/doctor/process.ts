// What the program itself runs on: its Node, its settings, and the sandbox that it runs workflows in.
import type { ConfigProblem } from "../config.ts";
import { contentHash } from "../digest.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { WorkspacePath } from "../workspace/path.ts";
import { moduleUrl } from "../workspace/program.ts";
import { globalScope } from "../workspace/scope.ts";
import { type Finding, judged, type Result } from "./examination.ts";

// Compiled packages are built for one major version, and the sources are run as they are.
const nodeMajorVersion = 26;

/** Whether this is the Node that the program is made for. `version` is without a leading `v`. */
export function judgeNode(version: string): Result {
  const findings: Finding[] = [];
  if (Number.parseInt(version, 10) !== nodeMajorVersion) {
    findings.push({
      what: `Node is ${version}, and the program is made for ${nodeMajorVersion}`,
      why: "The sandbox's compiled parts do not load in another one",
      remedy: 'Start the program as bin/bifrost, which brings its own Node after "npm ci"',
    });
  }
  return judged(findings, { ok: `Node ${version}`, wrong: `Node ${version}` });
}

/** Whether the environment is right. */
export function judgeConfiguration(problems: readonly ConfigProblem[], isSetUp: boolean): Result {
  const findings: Finding[] = problems.map(({ variable, problem }) => ({
    what: `${variable} ${problem}`,
    why: "The server does not start with it",
    remedy: `Correct ${variable} in the environment and start again`,
  }));
  if (!isSetUp && problems.length === 0) {
    findings.push({
      what: "None of APP_ID, PRIVATE_KEY and WEBHOOK_SECRET is set",
      why: "Without a GitHub App nothing is synced and nothing is checked",
      remedy: 'Run "bifrost app create --url URL", which creates one and writes them to a file',
    });
  }
  return judged(findings, { ok: "Every variable is right", wrong: `${findings.length} wrong` });
}

/** Whether workflows can be run here. */
export async function trySandbox(sandbox: Pick<Sandbox, "run" | "walls">): Promise<Result> {
  const entry = moduleUrl(globalScope, "workflows/examination.ts" as WorkspacePath);
  const source = "export default (input: number) => input * 2;";
  const outcome = await sandbox.run({
    program: {
      entry,
      modules: [{ url: entry, language: "typescript", source, hash: contentHash(Buffer.from(source)), imports: {} }],
    },
    context: { organization: null, workflow: "workflows/examination.ts", revision: {} },
    input: 21,
    mode: "call",
  });
  if (outcome.result === 42)
    return judgeWalls(`A workflow ran in ${Math.round(outcome.durationMs)} ms`, sandbox.walls());
  const said = outcome.diagnostics.map(({ message }) => message).join("; ") || "it gave another result";
  return judged(
    [
      {
        what: `A workflow of one line did not run: ${said}`,
        why: "Every check of a pull request fails",
        remedy: 'Run "npm ci" again without --ignore-scripts, on the machine that the program runs on',
      },
    ],
    { ok: "", wrong: "Does not work" },
  );
}

/** Whether the kernel holds what would break out of the engine. `ran`: what the run itself came to. */
export function judgeWalls(ran: string, walls: ReturnType<Sandbox["walls"]>): Result {
  const missing = Object.entries(walls ?? {}).flatMap(([wall, stands]) => (stands ? [] : [wall]));
  const findings: Finding[] = [];
  if (missing.length > 0) {
    findings.push({
      what: `The kernel does not keep workflows from ${missing.join(", ")}`,
      why: "Code that breaks out of the engine is held by Node's permission model alone, and not once it is native code",
      remedy: "Run workers on Linux, on x64 or arm64, and let their container use seccomp",
    });
  }
  return judged(findings, {
    ok: `${ran}, behind the kernel's walls`,
    wrong: `${ran}, without all of the kernel's walls`,
  });
}
