// What the list of an organisation's overrides is asked for, by people and by programs.
import { z } from "zod";
import { overrideStates } from "../../workspace/override.ts";

export const overridesQuery = z.object({
  q: z.string().max(200).default("").describe("Words that must all be in the path, in whatever case"),
  state: z.enum(overrideStates).optional(),
});
