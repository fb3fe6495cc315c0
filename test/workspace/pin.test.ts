// What becomes of a pin, and how it stands.
import { describe, expect, test } from "vitest";
import { decidePin, type OwnedPin, pinAfter, pinName, pinStates } from "../../src/workspace/pin.ts";
import { releaseState } from "../../src/workspace/release.ts";

const stored: OwnedPin = {
  ...{ revision: 4, release: "v1", until: null, repositoryId: 1, by: "Ada", since: new Date(0) },
  ...{ owner: "acme-inc/modules", ownerFeeds: true },
};
const wanted = { revision: 4, release: "v1", until: null };
const other = { revision: 5, release: null, until: null };

describe("decidePin()", () => {
  test.each([
    ["none wanted, none stored", null, null, 1, "keep", null],
    ["the same by its owner", wanted, stored, 1, "keep", 4],
    ["another by its owner", other, stored, 1, "set", 5],
    ["another day by its owner", { ...wanted, until: "2030-01-01" }, stored, 1, "set", 4],
    ["the same revision by another name", { ...wanted, release: "v2" }, stored, 1, "set", 4],
    ["none by its owner", null, stored, 1, "end", null],
    ["none by another repository", null, stored, 2, "keep", 4],
    ["the same by another repository", other, { ...stored, revision: 5 }, 2, "keep", 5],
    ["another by another repository", other, stored, 2, "conflict", 4],
    ["another where its owner feeds nothing any more", other, { ...stored, ownerFeeds: false }, 2, "set", 5],
    ["the first", wanted, null, 2, "set", 4],
  ] as const)("%s", (_, asked, pin, repositoryId, kind, after) => {
    const decision = decidePin(asked, pin, repositoryId);
    expect(decision.kind).toBe(kind);
    expect(pinAfter(decision, pin)).toBe(after);
  });
});

describe("pinStates()", () => {
  const now = new Date("2026-11-26T12:00:00Z");
  const at = { revision: 4, gone: false };

  test.each([
    ["as it was set", {}, at, []],
    ["by its number", { release: null }, null, []],
    ["until today", { until: "2026-11-26" }, at, ["expires-soon"]],
    ["until yesterday", { until: "2026-11-25" }, at, ["expired"]],
    ["until two weeks from now", { until: "2026-12-10" }, at, ["expires-soon"]],
    ["until later", { until: "2026-12-11" }, at, []],
    ["its release moved", {}, { revision: 7, gone: false }, ["release-moved"]],
    ["its release moved to what no sync has seen", {}, { revision: null, gone: false }, ["release-unnamed"]],
    ["its tag was deleted", {}, { revision: 4, gone: true }, ["release-deleted"]],
    ["its repository left", { ownerFeeds: false }, at, ["ownerless"]],
    [
      "everything at once",
      { until: "2020-01-01", ownerFeeds: false },
      { revision: 7, gone: true },
      ["expired", "release-moved", "release-deleted", "ownerless"],
    ],
  ] as const)("%s", (_, pin, release, states) => {
    expect(pinStates({ ...stored, ...pin }, release, now)).toEqual(states);
  });

  test("pinName() names the release and the revision", () => {
    expect([pinName(stored), pinName(other)]).toEqual(["v1 (revision 4)", "revision 5"]);
  });
});

describe("releaseState()", () => {
  const release = { commit: "a", revision: null, gone: false, dropped: false };

  test.each([
    ["named", { ...release, revision: 4 }, { wantedSha: "b", syncedSha: "b" }],
    ["deleted", { ...release, revision: 4, gone: true }, { wantedSha: "a", syncedSha: "a" }],
    ["dropped", { ...release, revision: 4, dropped: true }, { wantedSha: "b", syncedSha: "b" }],
    ["waiting", release, { wantedSha: "a", syncedSha: "b" }],
    ["unnamed", release, { wantedSha: "b", syncedSha: "b" }],
    ["unnamed", release, undefined],
  ] as const)("%s", (state, given, repository) => {
    expect(releaseState(given, repository)).toBe(state);
  });
});
