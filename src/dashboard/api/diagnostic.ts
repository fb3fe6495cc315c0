// A finding, as JSON: the shape that the command line prints and executors get.
import { z } from "zod";
import { diagnosticCodes } from "../../workspace/diagnostic.ts";

export const diagnostic = z
  .object({
    code: z.enum(diagnosticCodes),
    severity: z.enum(["error", "warning", "notice"]),
    message: z.string(),
    scope: z.string().nullable(),
    path: z.string().nullable(),
    line: z.number().int().nullable().meta({ description: "Counted from 1" }),
    column: z.number().int().nullable().meta({ description: "Counted from 1, in UTF-16 code units" }),
    endColumn: z.number().int().optional(),
    specifier: z.string().optional(),
    tried: z.array(z.object({ scope: z.string(), path: z.string() })).optional(),
    nearest: z.string().optional(),
    remedy: z.string().optional(),
    stack: z.array(z.string()).optional(),
    functions: z.array(z.string().nullable()).optional(),
  })
  .meta({ id: "Diagnostic" });

export const skippedFile = z
  .object({ path: z.string(), reason: z.string(), detail: z.string() })
  .meta({ id: "SkippedFile" });
