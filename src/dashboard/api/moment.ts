// Shapes that many answers of the API have in common.
import { z } from "zod";

/** A moment as JSON has it. */
export const moment = z.iso.datetime().meta({ description: "ISO 8601, in UTC" });

/** A commit's id. */
export const sha = z.string().meta({ description: "A commit's id" });

/** A path of a file. */
export const path = z.string();
