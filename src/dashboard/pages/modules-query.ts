// What the list of a scope's modules is asked for, by people and by programs.
import { z } from "zod";
import { layerNames } from "../../catalog/catalog.ts";
import { type Selection, sortKeys, standings, wordsOf } from "../../catalog/select-entries.ts";
import { entityTypes } from "../../workspace/file.ts";

/** The query of a list of modules. */
export const modulesQuery = z.object({
  q: z.string().max(200).default("").describe("Words that must all be in the path, in whatever case"),
  kind: z.enum(entityTypes).optional(),
  layer: z.enum(layerNames).optional().describe("The scope's own files, or those of global below them"),
  standing: z
    .enum(standings)
    .optional()
    .describe(
      "`override`: hides a file of global; `hidden`: is hidden by one of the organisation's; `behind`: a pin holds it back",
    ),
  sort: z.enum(sortKeys).optional().describe("Default: what fits the words best, then by path"),
  order: z.enum(["asc", "desc"]).default("asc"),
});
export type ModulesQuery = z.infer<typeof modulesQuery>;

/** Which page of a list. */
export const pageOfList = z.object({ page: z.coerce.number().int().min(1).max(1_000_000).default(1) });

/** The selection that a query asks for. */
export function selectionOf(query: ModulesQuery, page: number, perPage: number): Selection {
  const { q, kind, layer, standing, sort, order } = query;
  return { words: wordsOf(q), kind, layer, standing, sort, isDescending: order === "desc", page, perPage };
}
