// What one module is asked for, by people and by programs.
import { z } from "zod";
import { layerNames } from "../../catalog/catalog.ts";

export const moduleViews = ["source", "diff", "split", "history", "imports", "three-way"] as const;
export type ModuleView = (typeof moduleViews)[number];

/** Which of the files at a path, and when. */
export const filePlace = z.object({
  layer: z
    .enum(layerNames)
    .optional()
    .describe("The scope's own file, or global's; default: its own where it has the path"),
  at: z.coerce.number().int().min(0).max(2_147_483_647).optional().describe("A revision of the layer; default: now"),
});

export const moduleQuery = filePlace.extend({
  view: z.enum(moduleViews).default("source"),
  /** How much of what did not change is shown in a difference. */
  context: z.enum(["all"]).optional(),
  /** Which portion of a long file. */
  part: z.coerce.number().int().min(1).max(100_000).default(1),
  /** Which page of a long history. */
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type ModuleQuery = z.infer<typeof moduleQuery>;
