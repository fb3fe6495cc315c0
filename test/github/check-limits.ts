// The limits of the Checks API that its published description leaves out. Those it holds are judged by openapi.ts.
import type { CheckRunChange } from "./check-run.ts";
import type { RefusedField } from "./refusal.ts";

const titleCharactersMax = 255;
const bodyCharactersMax = 65_535;
const messageBytesMax = 64 * 1024;
const annotationsPerRequestMax = 50;
const actionsMax = 3;
const actionCharactersMax = { label: 20, description: 40, identifier: 20 } as const;

/** What of a check run's words GitHub would refuse. */
export function checkLimitProblems({ output, actions, conclusion, status }: CheckRunChange): RefusedField[] {
  const problems: RefusedField[] = [];
  const refuse = (field: string, reason: string) => problems.push(`${field} ${reason}`);
  if (status === "completed" && conclusion === undefined) refuse("conclusion", "is missing for a completed run");
  for (const field of ["summary", "text"] as const) {
    if ((output?.[field]?.length ?? 0) > bodyCharactersMax)
      refuse(`output.${field}`, `exceeds ${bodyCharactersMax} characters`);
  }
  const annotations = output?.annotations ?? [];
  if (annotations.length > annotationsPerRequestMax) {
    refuse("output.annotations", `has more than ${annotationsPerRequestMax} items`);
  }
  for (const [index, annotation] of annotations.entries()) {
    const field = `output.annotations[${index}]`;
    const hasColumns = (annotation.start_column ?? annotation.end_column ?? null) !== null;
    if (hasColumns && annotation.start_line !== annotation.end_line) refuse(field, "has columns on more than one line");
    if (annotation.end_line < annotation.start_line) refuse(field, "ends before it starts");
    if ((annotation.title?.length ?? 0) > titleCharactersMax)
      refuse(`${field}.title`, `exceeds ${titleCharactersMax} characters`);
    for (const key of ["message", "raw_details"] as const) {
      if (Buffer.byteLength(annotation[key] ?? "") > messageBytesMax) refuse(`${field}.${key}`, "exceeds 64 KB");
    }
  }
  if ((actions?.length ?? 0) > actionsMax) refuse("actions", `has more than ${actionsMax} items`);
  for (const [index, action] of (actions ?? []).entries()) {
    for (const key of ["label", "description", "identifier"] as const) {
      const most = actionCharactersMax[key];
      if (action[key].length > most) refuse(`actions[${index}].${key}`, `exceeds ${most} characters`);
    }
  }
  return problems;
}
