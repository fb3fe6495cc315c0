// The keys of `.github/bifrost.yml` and what each may hold. Where a problem stands in the file is not known here.
import { z } from "zod";
import { joinPath, pathProblem } from "../workspace/path.ts";
import { parseOrganizationId, slugProblem } from "../workspace/scope.ts";
import { patternProblem, patternsMax } from "./ignore.ts";

/** Every key, with a line that is right. */
export const keyExamples = {
  scope: "scope: acme",
  root: "root: modules",
  global: "global: 42",
  pinned_until: "pinned_until: 2027-03-31",
  gate: "gate: true",
  ignore: 'ignore: ["fixtures/**"]',
} as const;
export type ManifestKey = keyof typeof keyExamples;

/** Checks one key at a time; what one key means for another is the reader's to judge. */
export const manifestSchema = z.object({
  scope: z
    .string({
      error: ({ input }) =>
        input === undefined
          ? '"scope" is missing: name the organisation that these modules belong to, or global'
          : '"scope" must be text: an organisation\'s slug or id, or global. Put a number in quotes',
    })
    .superRefine((scope, context) => {
      if (scope === "global" || parseOrganizationId(scope)) return;
      const problem = slugProblem(scope);
      if (problem) context.addIssue(`"scope" must be an organisation's slug or id, or global: ${problem}`);
    }),
  root: z
    .string('"root" must be text: the folder that holds the modules')
    .default(".")
    .superRefine((root, context) => {
      const problem = rootProblem(root);
      if (problem)
        context.addIssue(`"root" must be a folder of this repository, and ${JSON.stringify(root)} ${problem}`);
    }),
  global: z
    .custom<number | string>(
      isPin,
      '"global" must be a revision (a whole number from 1) or the name of a release\'s tag',
    )
    .optional(),
  pinned_until: z.iso.date('"pinned_until" must be a day that exists, written YYYY-MM-DD').optional(),
  gate: z.boolean('"gate" must be true or false').default(false),
  ignore: z
    .array(
      z.string('Every pattern of "ignore" must be text').superRefine((pattern, context) => {
        const problem = patternProblem(pattern);
        if (problem) context.addIssue(`The pattern ${problem}`);
      }),
      '"ignore" must be a list of patterns',
    )
    .max(patternsMax, `"ignore" may list ${patternsMax} patterns at most`)
    .default([]),
});

function isPin(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && value > 0;
  return typeof value === "string" && /^[^\s\p{Cc}]+$/u.test(value);
}

/** Says why text names no folder inside the repository, in words that follow it, or `undefined` where it names one. */
function rootProblem(text: string): string | undefined {
  if (text === "") return 'is empty: write "." for the repository\'s root';
  if (text.startsWith("/")) return "is absolute";
  const folder = joinPath("", text);
  if (folder === undefined) return "leads out of it";
  return folder === "" ? undefined : pathProblem(folder);
}
