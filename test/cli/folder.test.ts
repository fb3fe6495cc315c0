import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listFolder, readRegularFile, requireFolder } from "../../src/cli/folder.ts";
import { makeFolder } from "./bifrost.ts";

async function pathsAndModes(folder: string, root = "") {
  return listFolder(folder, root).map(({ path, mode }) => `${mode} ${path}`);
}

describe("listFolder()", () => {
  test("listFolder() lists files, programs and links in order, as git names their modes", async () => {
    const folder = makeFolder({ "b.ts": "", "a/c.ts": "", "a/run.sh": "" });
    chmodSync(join(folder, "a/run.sh"), 0o755);
    symlinkSync("b.ts", join(folder, "link.ts"));
    expect(await pathsAndModes(folder)).toEqual(["100644 a/c.ts", "100755 a/run.sh", "100644 b.ts", "120000 link.ts"]);
  });

  test("listFolder() gives each file's size in bytes", async () => {
    const folder = makeFolder({ "a.ts": "é" });
    expect(listFolder(folder, "")).toMatchObject([{ path: "a.ts", sizeBytes: 2 }]);
  });

  test("listFolder() does not enter what begins with a dot, node_modules, links and other repositories", async () => {
    const folder = makeFolder({
      ".git/config": "",
      ".cache/a.ts": "",
      "node_modules/x/a.ts": "",
      "vendor/.git": "gitdir: elsewhere",
      "vendor/a.ts": "",
      "own/a.ts": "",
    });
    symlinkSync(join(folder, "own"), join(folder, "again"));
    expect(await pathsAndModes(folder)).toEqual(["120000 again", "100644 own/a.ts", "160000 vendor"]);
  });

  test("listFolder() starts at the root folder, and finds nothing behind a link or where there is none", async () => {
    const folder = makeFolder({ ".modules/a.ts": "", "b.ts": "" });
    symlinkSync(".modules", join(folder, "modules"));
    expect(await pathsAndModes(folder, ".modules")).toEqual(["100644 .modules/a.ts"]);
    expect(await pathsAndModes(folder, "modules")).toEqual([]);
    expect(await pathsAndModes(folder, "gone")).toEqual([]);
    expect(await pathsAndModes(folder, "b.ts")).toEqual([]);
  });

  test.runIf(process.platform === "linux")("listFolder() marks a name that is not UTF-8", async () => {
    const folder = makeFolder();
    const latin = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
    writeFileSync(latin("caf\u00e9.ts"), "");
    mkdirSync(latin("men\u00fc"));
    writeFileSync(latin("men\u00fc/a.ts"), "");
    expect(await pathsAndModes(folder)).toEqual(["100644 caf\ufffd.ts", "100644 men\ufffd"]);
  });
});

describe("readRegularFile()", () => {
  test("readRegularFile() gives bytes, and nothing for a link or a folder", async () => {
    const folder = makeFolder({ "a.ts": "text" });
    symlinkSync("a.ts", join(folder, "link.ts"));
    mkdirSync(join(folder, "b.ts"));
    expect(readRegularFile(folder, "a.ts")).toEqual(Buffer.from("text"));
    for (const path of ["link.ts", "b.ts", "gone.ts", "a.ts/x"]) {
      expect(readRegularFile(folder, path)).toBeUndefined();
    }
  });
});

describe("requireFolder()", () => {
  test("requireFolder() takes a link to a folder, and refuses what is no folder", async () => {
    const folder = makeFolder({ "a.ts": "" });
    symlinkSync(folder, join(folder, "link"));
    requireFolder(join(folder, "link"), "the folder");
    expect(() => requireFolder(join(folder, "a.ts"), "the folder")).toThrow(
      expect.objectContaining({ code: "wrong-use" }),
    );
  });
});
