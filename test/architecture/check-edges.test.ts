// A check changes nothing but its own check run and its own record: what it is handed has no way to write what is stored
// or served. Types hold it; this file says so where the compiler reads it, and looks at what the room imports.
import { expect, expectTypeOf, test } from "vitest";
import type { CheckEdges } from "../../src/check/edges.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import type { Store } from "../../src/store/store.ts";
import { importsOf, roomOf, sourceFiles } from "./imports.ts";

type Method<T> = Extract<keyof T, string>;
/** What a check may do with the store besides reading it: all of it is about checks. */
type CheckWrites = "saveCheck" | "renewCheck" | "saveBlast" | "saveReport";
type Reads =
  | "ownedSnapshots"
  | "snapshot"
  | "contents"
  | "countFiles"
  | "filesOfRepository"
  | "changesSince"
  | "revisions"
  | "filesAt";

test("the store that a check is handed writes no file, binds nothing and grants nothing", () => {
  type Handed = Method<CheckEdges["store"]>;
  type Writers = Extract<
    Method<Store>,
    `apply${string}` | `bind${string}` | `rebind${string}` | `add${string}` | `remove${string}` | `detach${string}`
  >;
  expectTypeOf<Extract<Handed, Writers | "transaction" | "approveHold" | "allowRun">>().toBeNever();
  expectTypeOf<Extract<Handed, `save${string}` | `record${string}` | `renew${string}`>>().toEqualTypeOf<CheckWrites>();
  expectTypeOf<Extract<Handed, Reads>>().toEqualTypeOf<Extract<Method<Store>, Reads>>();
});

test("the queue that a check is handed takes no job, and it is handed no cache", () => {
  expectTypeOf<CheckEdges["jobs"]>().toEqualTypeOf<Pick<Jobs, "unfinished">>();
  expectTypeOf<keyof CheckEdges>().toEqualTypeOf<"github" | "store" | "jobs" | "sandbox" | "records" | "publicUrl">();
});

test("check/ names neither the whole store nor the cache", () => {
  const wrong = sourceFiles()
    .filter((file) => roomOf(file) === "check")
    .flatMap((file) => importsOf(file).map((imported) => ({ file, imported })))
    .filter(({ imported }) => /\/cache\/|\/sync\//.test(imported.specifier));
  expect(wrong, "Take what is read as an argument").toEqual([]);
});
