// Filter, order and pages of a catalogue: values in, values out.
import { describe, expect, test } from "vitest";
import type { CatalogEntry } from "../../src/catalog/catalog.ts";
import { type Selection, selectEntries, wordsOf } from "../../src/catalog/select-entries.ts";
import { entityTypeOf } from "../../src/workspace/file.ts";
import { globalScope } from "../../src/workspace/scope.ts";

function entry(path: string, rest: Partial<CatalogEntry> = {}): CatalogEntry {
  return {
    path: path as CatalogEntry["path"],
    name: path,
    kind: entityTypeOf(path) ?? "module",
    layer: "global",
    scope: globalScope,
    hash: path as CatalogEntry["hash"],
    sizeBytes: path.length,
    repositoryId: null,
    changed: undefined,
    overrides: null,
    hiddenBy: null,
    override: null,
    pinned: null,
    ...rest,
  };
}

const entries = [
  entry("apps/portal/page.ts"),
  entry("forms/ticket.yaml"),
  entry("shared/halopsa.ts", { layer: "own", overrides: "shared/halopsa.ts" as never, override: "stale" }),
  entry("shared/halopsa.ts", { hiddenBy: "shared/halopsa.ts" as never }),
  entry("shared/tickets/Order.ts", { pinned: "behind" }),
  entry("ticket.ts", { layer: "own", override: "alone" }),
  entry("workflows/close_ticket.ts"),
];

const select = (selection: Partial<Selection>) =>
  selectEntries({ entries }, { words: [], page: 1, perPage: 100, ...selection });
const paths = (selection: Partial<Selection>) => select(selection).items.map(({ path, layer }) => `${layer} ${path}`);

describe("selectEntries()", () => {
  test.each<[string, Partial<Selection>, string[]]>([
    ["words in any case", { words: wordsOf("  ORDER shared ") }, ["global shared/tickets/Order.ts"]],
    [
      "what fits best first: a name that begins with the word, a name that has it, a folder",
      { words: wordsOf("ticket") },
      [
        "global forms/ticket.yaml",
        "own ticket.ts",
        "global workflows/close_ticket.ts",
        "global shared/tickets/Order.ts",
      ],
    ],
    ["a kind", { kind: "app" }, ["global apps/portal/page.ts"]],
    ["a layer", { layer: "own" }, ["own shared/halopsa.ts", "own ticket.ts"]],
    ["overrides", { standing: "override" }, ["own shared/halopsa.ts"]],
    ["stale ones", { standing: "stale" }, ["own shared/halopsa.ts"]],
    ["those that stand alone", { standing: "alone" }, ["own ticket.ts"]],
    ["hidden ones", { standing: "hidden" }, ["global shared/halopsa.ts"]],
    ["those that a pin holds back", { standing: "behind" }, ["global shared/tickets/Order.ts"]],
    [
      "a size",
      { sort: "size", isDescending: true, words: wordsOf("ticket shared") },
      ["global shared/tickets/Order.ts"],
    ],
    [
      "the paths from the end",
      { layer: "own", sort: "path", isDescending: true },
      ["own ticket.ts", "own shared/halopsa.ts"],
    ],
    ["nothing", { words: wordsOf("nowhere") }, []],
  ])("selects %s", (_, selection, wanted) => {
    expect(paths(selection)).toEqual(wanted);
  });

  test("counts by kind, layer and standing what each other choice would give", () => {
    expect(select({ kind: "module" }).counts).toMatchObject({
      kinds: { workflow: 1, form: 1, app: 1, module: 4 },
      layers: { own: 2, global: 2 },
      standings: { override: 1, stale: 1, hidden: 1, behind: 1, alone: 1, redundant: 0 },
    });
  });

  test("cuts pages, and gives the last one where a later one is asked for", () => {
    expect(paths({ page: 2, perPage: 3 })).toEqual(paths({}).slice(3, 6));
    expect(select({ page: 9, perPage: 3 })).toMatchObject({ page: 3, pages: 3, total: 7 });
    expect(select({ words: wordsOf("nowhere"), page: 4 })).toMatchObject({ page: 1, pages: 1, total: 0 });
  });
});
