// Every state of an override, and the odd ways into it: what counts is what the files hold and when they were written.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContentHash } from "../../src/workspace/layer.ts";
import { contentsToJudge, judgeOverride, overrideHistories } from "../../src/workspace/override.ts";
import type { WorkspacePath } from "../../src/workspace/path.ts";
import { type FileVersion, type Revision, successionOf } from "../../src/workspace/revision.ts";

/** What a push at a minute does to a layer: contents by path, null deletes. */
type Push = readonly [minute: number, files: Readonly<Record<string, string | null>>];

function revision(number: number, minute: number): Revision {
  const createdAt = new Date(Date.UTC(2026, 2, 1, 0, minute));
  return {
    ...{ number, kind: "sync", repositoryId: 1, commit: null, author: "Ada", committedAt: null, createdAt },
    ...{ upserts: 1, deletes: 0, pin: null, copyOf: null, droppedAt: null },
  };
}

const contents = new Map<ContentHash, string>();

function versionsOf(pushes: readonly Push[]): FileVersion[] {
  const versions: FileVersion[] = [];
  for (const [index, [minute, files]] of pushes.entries()) {
    const step = revision(index + 1, minute);
    for (const [path, content] of Object.entries(files)) {
      const live = versions.findIndex((version) => version.path === path && version.ended === null);
      const before = versions[live];
      if (before) versions[live] = { ...before, ended: step };
      if (content === null) continue;
      const hash = createHash("sha256").update(content).digest("hex") as ContentHash;
      contents.set(hash, content);
      const sizeBytes = content.length;
      versions.push({ path: path as WorkspacePath, hash, sizeBytes, repositoryId: 1, made: step, ended: null });
    }
  }
  return versions;
}

function judgeAll(own: readonly Push[], below: readonly Push[], at?: number) {
  return overrideHistories(versionsOf(own), versionsOf(below), at).map((history) => {
    // Whatever was not asked for must not be needed.
    const asked = new Map(contentsToJudge(history, at).map(({ hash }) => [hash, contents.get(hash) ?? ""]));
    const judged = judgeOverride(
      history,
      ({ path, hash }) => {
        const content = asked.get(hash);
        if (content === undefined) throw new Error(`The content of ${path} was not asked for`);
        return content;
      },
      at,
    );
    const { state, evidence, base, theirs, changes } = judged;
    const numbers = changes.map(({ made }) => made.number);
    return { state, evidence, base: base?.made.number ?? null, theirs: theirs?.made.number ?? null, changes: numbers };
  });
}

const lines = (...names: string[]) => names.map((name) => `export const ${name} = "${name}";\n`).join("");
const first = lines("a", "b", "c", "d");
const second = lines("a", "b", "c", "d", "e");
const third = lines("a", "b2", "c", "d", "e");
const edited = lines("a", "b", "mine", "c", "d");
const rewritten = lines("x", "y", "z");

describe("judgeOverride()", () => {
  const x = "m/x.ts";
  const cases: [name: string, own: Push[], below: Push[], expected: object][] = [
    ["a copy", [[2, { [x]: first }]], [[1, { [x]: first }]], { state: "redundant", evidence: "equal", base: 1 }],
    [
      "a copy, then edited",
      [
        [2, { [x]: first }],
        [3, { [x]: edited }],
      ],
      [[1, { [x]: first }]],
      { state: "current", base: 1 },
    ],
    [
      "global changed since",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", base: 1, theirs: 2, changes: [2] },
    ],
    [
      "a copy that global left behind",
      [[2, { [x]: first }]],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", evidence: "equal", base: 1 },
    ],
    [
      "a copy of an old version, made late",
      [[4, { [x]: first }]],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", evidence: "equal", base: 1 },
    ],
    [
      "edited after global changed, without the change",
      [
        [2, { [x]: edited }],
        [4, { [x]: edited + lines("more") }],
      ],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", evidence: "nearest", base: 1, changes: [2] },
    ],
    [
      "edited after global changed, with the change",
      [
        [2, { [x]: edited }],
        [4, { [x]: edited + lines("e") }],
      ],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "current", evidence: "nearest", base: 2 },
    ],
    [
      "had the change before global had it",
      [[2, { [x]: edited + lines("e") }]],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "current", evidence: "contained", base: 2 },
    ],
    [
      "several changes, of which it took the first",
      [
        [2, { [x]: edited }],
        [4, { [x]: edited + lines("e") }],
      ],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
        [5, { [x]: third }],
      ],
      { state: "stale", base: 2, theirs: 3, changes: [3] },
    ],
    [
      "a rewrite, before global changed",
      [[2, { [x]: rewritten }]],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", evidence: "time", base: 1 },
    ],
    [
      "a rewrite, written anew after global changed",
      [
        [2, { [x]: rewritten }],
        [4, { [x]: rewritten + lines("w") }],
      ],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "current", evidence: "time", base: 2 },
    ],
    [
      "there before global's",
      [[1, { [x]: rewritten }]],
      [[2, { [x]: first }]],
      { state: "stale", evidence: "none", base: null, changes: [1] },
    ],
    [
      "there before global took it over, and changed it",
      [[1, { [x]: first }]],
      [
        [2, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", evidence: "equal", base: 1 },
    ],
    [
      "global's is gone",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: null }],
      ],
      { state: "alone", base: 1, theirs: null },
    ],
    [
      "global's went and came back as it was",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: null }],
        [4, { [x]: first }],
      ],
      { state: "current", base: 1, theirs: 3 },
    ],
    [
      "global's went and came back another",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: null }],
        [4, { [x]: second }],
      ],
      { state: "stale", base: 1, theirs: 3, changes: [3] },
    ],
    [
      "global changed and changed back",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
        [4, { [x]: first }],
      ],
      { state: "current", base: 1, theirs: 3 },
    ],
    [
      "global only moved it to another extension",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: null, "m/x/index.js": first }],
      ],
      { state: "current", theirs: 2 },
    ],
    [
      "an override under another extension",
      [[2, { "m/x.mjs": edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", base: 1 },
    ],
    [
      "global has another file that wins",
      [[2, { "m/x.mjs": edited }]],
      [
        [1, { "m/x.js": first }],
        [3, { [x]: second }],
      ],
      { state: "stale", base: 1, theirs: 2 },
    ],
    [
      "the same but for line ends and blank lines",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: `\n${first.replaceAll("\n", "\r\n")}` }],
      ],
      { state: "current", evidence: "contained" },
    ],
    [
      "global only moved lines about",
      [[2, { [x]: edited }]],
      [
        [1, { [x]: first }],
        [3, { [x]: lines("d", "c", "b", "a") }],
      ],
      { state: "stale" },
    ],
    [
      "a form, by its path alone",
      [[2, { "forms/a.yaml": "a: 1\n" }]],
      [
        [1, { "forms/a.yaml": "a: 2\n" }],
        [3, { "forms/a.yaml": "a: 3\n" }],
      ],
      { state: "stale", base: 1 },
    ],
    [
      "a file that only changed hands since",
      [
        [2, { [x]: edited }],
        [4, { [x]: edited }],
      ],
      [
        [1, { [x]: first }],
        [3, { [x]: second }],
      ],
      { state: "stale", base: 1 },
    ],
  ];
  test.each(cases)("%s", (_, own, below, expected) => {
    expect(judgeAll(own, below)).toEqual([expect.objectContaining(expected)]);
  });

  test("judges against the revision that is asked for, and counts what is newer as in step", () => {
    const below: Push[] = [
      [1, { [x]: first }],
      [3, { [x]: second }],
    ];
    expect(judgeAll([[2, { [x]: edited }]], below, 1)).toMatchObject([{ state: "current", base: 1, theirs: 1 }]);
    expect(judgeAll([[4, { [x]: edited + lines("e") }]], below, 1)).toMatchObject([
      { state: "current", base: 2, theirs: 1 },
    ]);
  });
});

describe("overrideHistories()", () => {
  test("of a pinned organisation leaves out what came after the pin, and keeps what went after it", () => {
    const own: Push[] = [[5, { "came.ts": "1", "went.ts": "1" }]];
    const below: Push[] = [
      [1, { "went.ts": "2" }],
      [2, { "came.ts": "2" }],
      [3, { "went.ts": null }],
    ];
    const found = (at?: number) =>
      overrideHistories(versionsOf(own), versionsOf(below), at).map(({ yours }) => yours.path);
    expect(found(1)).toEqual(["went.ts"]);
    expect(found()).toEqual(["came.ts"]);
  });

  test("leaves out what hides nothing, and what was gone before the organisation had the name", () => {
    const own: Push[] = [
      [5, { "own.ts": "1", "late.ts": "1", "o.ts": "1", "o.js": "1" }],
      [6, { "gone.ts": "1" }],
      [7, { "gone.ts": null }],
    ];
    const below: Push[] = [
      [1, { "late.ts": "2", "o.ts": "2", "gone.ts": "2" }],
      [3, { "late.ts": null }],
    ];
    const found = overrideHistories(versionsOf(own), versionsOf(below));
    expect(found.map(({ yours }) => yours.path).sort()).toEqual(["o.js", "o.ts"]);
  });
});

test("successionOf() names at each revision what the name stood for", () => {
  const paths = ["x.ts", "x.js"] as WorkspacePath[];
  const push = fc.dictionary(fc.constantFrom(...paths), fc.constantFrom("1", "2", null), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(push, { maxLength: 8 }), (pushes) => {
      const versions = versionsOf(pushes.map((files, index) => [index, files]));
      const succession = successionOf(paths, versions);
      const live = new Map<string, string>();
      for (const [index, files] of pushes.entries()) {
        for (const [path, content] of Object.entries(files))
          content === null ? live.delete(path) : live.set(path, content);
        const wanted = paths.find((path) => live.has(path));
        const at = succession.filter(
          ({ made, ended }) => made.number <= index + 1 && (ended === null || ended.number > index + 1),
        );
        expect(at.map(({ path, hash }) => [path, contents.get(hash)])).toEqual(
          wanted === undefined ? [] : [[wanted, live.get(wanted)]],
        );
      }
      for (const [index, { path, hash, made }] of succession.entries()) {
        const before = succession[index - 1];
        if (before?.ended?.number === made.number) expect([before.path, before.hash]).not.toEqual([path, hash]);
      }
    }),
  );
});

test("judgeOverride() asks for no content that contentsToJudge() did not name, whatever the past was", () => {
  const text = fc.constantFrom(first, second, third, edited, rewritten, "");
  const push = fc.tuple(
    fc.nat(9),
    fc.dictionary(fc.constantFrom("x.ts", "x.js"), fc.option(text), { noNullPrototype: true }),
  );
  const pushes = fc.array(push, { maxLength: 6 }).map((all) => all.sort(([one], [other]) => one - other));
  fc.assert(
    fc.property(pushes, pushes, (own, below) => {
      for (const { state, changes } of judgeAll(own, below)) expect(changes.length > 0).toBe(state === "stale");
    }),
  );
});
