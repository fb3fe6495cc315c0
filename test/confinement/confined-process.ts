// A child process that is confined and then tries everything that Node itself offers, as code would that has broken out of its
// isolate and not out of the engine. Prints a line of JSON: which attempt ended with which code.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync, writeSync } from "node:fs";
import { open } from "node:inspector";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { confine } from "../../src/confinement/confine.ts";

const walls = confine();
const attempts: Readonly<Record<string, () => unknown>> = {
  "read a file": () => readFileSync("/etc/passwd"),
  "read its own program": () => readFileSync(import.meta.filename),
  "write a file": () => writeFileSync("/tmp/bifrost-never-written", ""),
  "start a process": () => {
    const { error } = spawnSync("/bin/true");
    if (error) throw error;
  },
  "start a thread": () => new Worker("1", { eval: true }),
  "load an addon": () => process.dlopen({ exports: {} }, "/nowhere.node"),
  "call the C library": () => process.getBuiltinModule("node:ffi").dlopen(null, {}),
  "open the inspector": () => open(0),
  connect: () =>
    new Promise((resolve, reject) => connect(9, "127.0.0.1").once("connect", resolve).once("error", reject)),
  "give itself rights": () => {
    const has = ["fs.read", "fs.write", "net", "child", "worker", "addon", "ffi", "wasi", "inspector"].filter((right) =>
      process.permission?.has(right),
    );
    if (has.length === 0) throw Object.assign(new Error(), { code: "ERR_ACCESS_DENIED" });
    return has;
  },
};
const codes: Record<string, unknown> = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    codes[name] = (await attempt()) ?? "done";
  } catch (error) {
    codes[name] = error instanceof Error && "code" in error ? error.code : `${error}`;
  }
}
writeSync(1, `${JSON.stringify({ walls, codes })}\n`);
process.exit();
