// Holds the table in rooms.ts over everything in src/.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Import, importsOf, roomOf, sourceFiles, targetOf } from "./imports.ts";
import { compositionRoots, type Room, rooms } from "./rooms.ts";

/** Says what is wrong with an import, or `undefined` where the table allows it. */
function objection(imported: Import, room: Room): string | undefined {
  const { file, line, specifier, isErased } = imported;
  const own = roomOf(file);
  const target = targetOf(imported);
  const refuse = (what: string) => `src/${file}:${line} imports ${what} "${specifier}": ${room.reason}`;
  switch (target.kind) {
    case "room": {
      if (target.room === own || room.values.includes(target.room)) return undefined;
      if (isErased && room.types.includes(target.room)) return undefined;
      const isTypeAllowed = room.types.includes(target.room);
      return refuse(isTypeAllowed ? "more than types from" : "from");
    }
    case "package":
      if (room.packages.includes(target.name) || (isErased && room.packageTypes.includes(target.name)))
        return undefined;
      return refuse("the package");
    case "builtin":
      return room.builtins ? undefined : refuse("Node's");
    case "outside":
      return target.path === "../package.json" ? undefined : refuse("from outside src/");
    default:
      throw target satisfies never;
  }
}

describe("import direction", () => {
  test("every room of the table exists", () => {
    const gone = Object.keys(rooms).filter(
      (room) => !existsSync(fileURLToPath(new URL(`../../src/${room}`, import.meta.url))),
    );
    expect(gone, "The table in test/architecture/rooms.ts names what is gone from src/: take it out there").toEqual([]);
  });

  test("every file of src/ lies in a room of the table", () => {
    const homeless = sourceFiles().filter((file) => !compositionRoots.includes(file) && !(roomOf(file) in rooms));
    expect(homeless, "Say in test/architecture/rooms.ts what the new room may import, and why").toEqual([]);
  });

  test.each(Object.keys(rooms))("%s imports only what the table allows", (name) => {
    const room = rooms[name];
    if (room === undefined) throw new Error(`No such room: ${name}`);
    const objections = sourceFiles()
      .filter((file) => roomOf(file) === name && !compositionRoots.includes(file))
      .flatMap(importsOf)
      .flatMap((imported) => objection(imported, room) ?? []);
    expect(objections, objections.join("\n")).toEqual([]);
  });

  test("imports are read as they run: types are erased, all else loads", () => {
    const ways = importsOf("cache/redis-connection.ts");
    expect(ways).toContainEqual(expect.objectContaining({ specifier: "ioredis", isErased: false }));
    const snapshot = importsOf("cache/cache.ts");
    expect(snapshot).toContainEqual(expect.objectContaining({ specifier: "../workspace/grant.ts", isErased: true }));
  });
});
