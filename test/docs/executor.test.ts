// docs/executor.md, followed beside a whole app: what the page shows of Python is pushed, synced and run.
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
  await symlink(python, join(folder, "bin/python3"));
  await symlink(root, join(folder, "work/bifrost-modules"));
  return {
    env: { PATH: `${join(folder, "bin")}:${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: "1" },
    places: {
      "redis://cache.example.com": world.redis.url,
      "postgres://executor@db.example.com/bifrost": world.database.url,
      "0c9f3a21-7b1e-4c52-9c57-1f0e5ad0b6f4": scopeKey(acme),
    },
    requests: {
      "global and acme are pushed": async () => {
        await world.boundRepository("platform", globalScope, filesIn(join(folder, "work/global")));
        await world.boundRepository("acme-inc", acme, filesIn(join(folder, "work/acme")));
      },
    },
    settled: world.settled,
    close: world.close,
  };
});
