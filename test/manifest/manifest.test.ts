import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readManifest } from "../../src/manifest/manifest.ts";

/** Findings as `line:column message`, and whether there is a request. */
function read(text: string) {
  const reading = readManifest(text);
  return {
    request: "request" in reading ? reading.request : undefined,
    found: reading.diagnostics.map(({ line, column, severity, code, message }) => {
      return `${line}:${column} ${severity} ${code}: ${message}`;
    }),
  };
}

function refuses(text: string, ...found: string[]) {
  expect(read(text)).toEqual({
    request: undefined,
    found: found.map((line) => line.replace(/^(\d+:\d+) /, "$1 error config-invalid: ")),
  });
}

describe("what is taken", () => {
  test("readManifest() needs nothing but a scope, and fills in the rest", () => {
    expect(read("scope: acme\n")).toEqual({
      request: { scope: "acme", root: "", gate: false, ignore: [] },
      found: [],
    });
  });

  test("readManifest() takes every key at once, and says which have no effect yet", () => {
    const text = [
      "scope: acme  # us",
      "root: ./modules/",
      "global: 42",
      "pinned_until: 2027-03-31",
      "gate: true",
      'ignore: [ "fixtures/**", "!fixtures/keep.ts" ]',
      "",
    ].join("\n");
    expect(read(text)).toEqual({
      request: {
        scope: "acme",
        root: "modules",
        global: 42,
        pinnedUntil: "2027-03-31",
        gate: true,
        ignore: ["fixtures/**", "!fixtures/keep.ts"],
      },
      found: [],
    });
  });

  test.each([
    ["scope: global", "global"],
    ["scope: '42'", "42"],
    ["scope: 0F8FAD5B-d9cb-469f-a165-70867728950e", "0F8FAD5B-d9cb-469f-a165-70867728950e"],
    ["\ufeffscope: acme\r\n", "acme"],
    ['{"scope": "acme"}', "acme"],
  ])("readManifest() takes the scope of %j as it is written", (text, scope) => {
    expect(read(text)).toMatchObject({ request: { scope }, found: [] });
  });

  test.each([
    [".", ""],
    ["./", ""],
    ["modules", "modules"],
    ["./a//b/", "a/b"],
    ["a/../b", "b"],
  ])("readManifest() takes the root %j as the folder %j", (written, root) => {
    expect(read(`scope: acme\nroot: ${written}`)).toMatchObject({ request: { root }, found: [] });
  });

  test.each([
    ["7", 7],
    ["v2.1", "v2.1"],
    ["1.10", "1.10"],
    ["0x10", "0x10"],
    ["'7'", "7"],
  ])("readManifest() takes the pin %s for what it reads as", (written, global) => {
    expect(read(`scope: acme\nglobal: ${written}`).request).toMatchObject({ global });
  });

  test("readManifest() says nothing about a gate that is off", () => {
    expect(read("scope: acme\ngate: false").found).toEqual([]);
  });
});

describe("what is refused", () => {
  test("readManifest() names every problem at once, each at its line and column", () => {
    refuses(
      "root: ../x\nglobal: 0\npinned_until: 2027-02-30\ngate: yes\nignore:\n  - 3\n  - ''\nscopes: acme",
      '8:1 Unknown key "scopes"',
      '1:1 "scope" is missing: name the organisation that these modules belong to, or global',
      '1:7 "root" must be a folder of this repository, and "../x" leads out of it',
      '2:9 "global" must be a revision (a whole number from 1) or the name of a release\'s tag',
      '3:15 "pinned_until" must be a day that exists, written YYYY-MM-DD',
      '4:7 "gate" must be true or false',
      '6:5 Every pattern of "ignore" must be text',
      "7:5 The pattern is empty",
    );
  });

  const notText = '"scope" must be text: an organisation\'s slug or id, or global. Put a number in quotes';
  test.each([
    ["scope: 42", `1:8 ${notText}`],
    ["scope:", `1:7 ${notText}`],
    ["scope: [acme]", `1:8 ${notText}`],
    [
      "scope: Acme Inc",
      '1:8 "scope" must be an organisation\'s slug or id, or global: "Acme Inc" is not a slug: use 1 to 63 lower-case letters, digits and inner hyphens, such as "acme-health"',
    ],
    ["scope: acme\nroot: /x", '2:7 "root" must be a folder of this repository, and "/x" is absolute'],
    ["scope: acme\nroot: a\\b", '2:7 "root" must be a folder of this repository, and "a\\\\b" contains a backslash'],
    [
      'scope: acme\nroot: ""',
      '2:7 "root" must be a folder of this repository, and "" is empty: write "." for the repository\'s root',
    ],
    ["scope: acme\nroot: [a]", '2:7 "root" must be text: the folder that holds the modules'],
    [
      "scope: acme\nglobal: -3",
      '2:9 "global" must be a revision (a whole number from 1) or the name of a release\'s tag',
    ],
    [
      "scope: acme\nglobal: two words",
      '2:9 "global" must be a revision (a whole number from 1) or the name of a release\'s tag',
    ],
    [
      "scope: global\nglobal: 3",
      '2:1 Only an organisation can be pinned to a revision of global, and this file has "scope: global"',
    ],
    ["scope: acme\npinned_until: 2027-01-01", '2:1 "pinned_until" means nothing without "global"'],
    ["scope: acme\nignore: '*.ts'", '2:9 "ignore" must be a list of patterns'],
    ["scope: acme\nignore: ['**/a/**/b/**']", '2:10 The pattern contains "**" more than 2 times'],
    [`scope: acme\nignore: ['${"a".repeat(300)}']`, "2:10 The pattern is longer than 256 characters"],
    [`scope: acme\nignore: [${"a,".repeat(101)}]`, '2:9 "ignore" may list 100 patterns at most'],
    ["", "1:1 The file is empty"],
    ["# nothing\n", "1:1 The file is empty"],
    ["- scope", '1:1 The file must consist of lines "key: value"'],
    ["acme", '1:1 The file must consist of lines "key: value"'],
    [
      "scope: [\n\n",
      "1:8 Not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    ["scope: acme\nscope: globex", "2:1 Not valid YAML: Map keys must be unique"],
    ["scope: acme\n---\nscope: globex", "2:1 The file holds a second YAML document: keep one"],
    ["scope: &me acme", '1:12 The anchor "&me" is not supported: remove it'],
    [
      "ignore: &list [a]\nscope: acme\nroot: *list",
      '1:15 The anchor "&list" is not supported: remove it',
      '3:7 The alias "*list" is not supported: repeat the value',
    ],
    ["scope: acme\n<<: { root: x }", "2:1 Merge keys are not supported: write the keys out"],
    ["scope: acme\n? { a }\n: 1", '2:3 Unknown key "{\\"a\\":null}"'],
    ["scope: !secret acme", "1:8 Not valid YAML: Unresolved tag: !secret"],
    ["%YAML 1.1\n---\nscope: acme", '1:1 YAML 1.1 is not supported: remove the line "%YAML"'],
    ["scope: acme\n\troot: x", "2:1 Not valid YAML: Tabs are not allowed as indentation"],
    [`# ${"x".repeat(65_536)}\nscope: acme`, "1:1 The file is over the limit of 65536 bytes"],
  ])("readManifest() refuses %j", (text, ...found) => {
    refuses(text, ...found);
  });

  test.each([
    ["scop: acme", 'Write "scope"'],
    ["scope: acme\nGate: true", 'Write "gate"'],
    ["scope: acme\npinned-until: 2027-01-01", 'Write "pinned_until"'],
    ["scope: acme\nbranch: main", "Remove it: the keys are scope, root, global, pinned_until, gate, ignore"],
  ])("readManifest() says about the unknown key of %j what to do", (text, remedy) => {
    const [finding] = readManifest(text).diagnostics;
    expect(finding).toMatchObject({ code: "config-invalid", path: ".github/bifrost.yml", remedy });
  });

  test("readManifest() marks a value from its first character to its last", () => {
    expect(readManifest("scope: acme\ngate:  'on'  # gate\n").diagnostics).toMatchObject([
      { line: 2, column: 8, endColumn: 12, remedy: "Write for example: gate: true" },
    ]);
  });

  test.each(["[", "a: ", "- ", "{a: ", "? ", '"', "&a ", "!", "%"])(
    "readManifest() refuses %j written over and over, without running out of stack",
    (piece) => {
      expect(read(piece.repeat(Math.floor(65_000 / piece.length))).request).toBeUndefined();
    },
  );

  test("readManifest() answers any text with a request or a finding", () => {
    const token = fc.constantFrom(
      ..."scope root global ignore gate acme : - [ ] { } & * ! | > ' \" # % @ ? , \n".split(" "),
      " ",
      "  ",
      "\t",
      "\n",
      "1",
      "true",
      "---",
      "<<",
      "\u0000",
      "é",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join("")),
    );
    fc.assert(
      fc.property(text, (written) => {
        const { request, found } = read(written);
        expect(request !== undefined || found.length > 0).toBe(true);
        for (const line of found) expect(line).toMatch(/^[1-9]\d*:[1-9]\d* /);
      }),
      { numRuns: 500 },
    );
  });
});
