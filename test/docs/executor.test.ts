// docs/executor.md, followed beside a whole app: what the page shows of Python is pushed, synced and run.
import { randomBytes } from "node:crypto";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { globalScope, scopeKey } from "../../src/workspace/scope.ts";
import { startWorld } from "../journeys/world.ts";
import { root } from "./blocks.ts";
import { followPage } from "./run-page.ts";
import { filesIn, python } from "./snippets.ts";

followPage("docs/executor.md", async (folder) => {
  const world = await startWorld();
  const acme = await world.organization("acme");
  // Logins are of whole servers, which others use at the same time.
  const role = `module_reader_${randomBytes(6).toString("hex")}`;
  const asReader = new URL(world.database.url);
  asReader.username = role;
  asReader.password = "choose-one";
  const redisAsReader = new URL(world.redis.url);
  redisAsReader.username = role;
  redisAsReader.password = "choose-one";
  await symlink(python, join(folder, "bin/python3"));
  await symlink(root, join(folder, "work/bifrost-modules"));
  return {
    env: { PATH: `${join(folder, "bin")}:${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: "1" },
    places: {
      "redis://module_reader:choose-one@cache.example.com": redisAsReader.href,
      "redis://cache.example.com": world.redis.url,
      "postgres://bifrost:secret@db.example.com/bifrost": world.database.url,
      "postgres://module_reader:choose-one@db.example.com/bifrost": asReader.href,
      module_reader: role,
      "0c9f3a21-7b1e-4c52-9c57-1f0e5ad0b6f4": scopeKey(acme),
    },
    requests: {
      "global and acme are pushed": async () => {
        await world.boundRepository("platform", globalScope, filesIn(join(folder, "work/global")));
        await world.boundRepository("acme-inc", acme, filesIn(join(folder, "work/acme")));
      },
    },
    settled: world.settled,
    async close() {
      await world.database.query(`drop owned by ${role}`);
      await world.database.query(`drop role ${role}`);
      await world.redis.redis.acl("DELUSER", role);
      await world.close();
    },
  };
});
