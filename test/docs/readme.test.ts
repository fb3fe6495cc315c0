// README.md, followed in a folder that has of this checkout what a clone of it has.
import { readdirSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./blocks.ts";
import { startOperatorWorld } from "./operator-world.ts";
import { followPage } from "./run-page.ts";

followPage("README.md", async (folder) => {
  const checkout = join(folder, "work");
  // What a page writes goes beside these, and not into somebody's checkout.
  const kept = readdirSync(root).filter((name) => !name.startsWith("."));
  await Promise.all(kept.map((name) => symlink(join(root, name), join(checkout, name))));
  return await startOperatorWorld(folder, { isEmbedded: true });
});
