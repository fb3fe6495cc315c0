import { expect, test } from "vitest";
import { createRecent } from "../src/recent.ts";

test("createRecent() forgets what was not used for the longest time", () => {
  const recent = createRecent<string, string>(3, (value) => value.length);
  for (const key of ["a", "b", "c"]) recent.set(key, key);
  recent.get("a");
  recent.set("d", "dd");
  expect(["a", "b", "c", "d"].map((key) => recent.get(key))).toEqual(["a", undefined, undefined, "dd"]);
});

test("createRecent() weighs a value anew when it is replaced, and keeps none that is over the bound alone", () => {
  const recent = createRecent<string, string>(3, (value) => value.length);
  recent.set("a", "aaa");
  recent.set("a", "a");
  recent.set("b", "bb");
  expect([recent.get("a"), recent.get("b")]).toEqual(["a", "bb"]);
  recent.set("a", "aaaa");
  expect([recent.get("a"), recent.get("b")]).toEqual([undefined, "bb"]);
});
