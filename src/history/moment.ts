// A moment in the life of a scope as a person names it: a revision's number, or a date.
import { Fault } from "../errors.ts";
import type { GrantedScope } from "../workspace/grant.ts";
import type { Moment } from "../workspace/revision.ts";
import { scopeSlug } from "../workspace/scope.ts";
import type { HistoryEdges } from "./edges.ts";

// `2026-03-01`, `2026-03-01T12:00`, `2026-03-01T12:00:00Z`, `2026-03-01T12:00:00+01:00`; without a zone it is UTC.
const datePattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** Reads a revision's number or an ISO date; `undefined` where the text is neither. */
export function parseMoment(text: string): Moment | undefined {
  if (/^\d{1,9}$/.test(text)) return { kind: "revision", number: Number(text) };
  const [, date, time = "00:00", zone = "Z"] = datePattern.exec(text) ?? [];
  if (date === undefined) return undefined;
  const at = new Date(`${date}T${time}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : { kind: "time", at };
}

/** The revision that a scope was at; 0 before its first. Throws `Fault` `unknown-revision` for one that never was. */
export async function revisionOf({ store }: HistoryEdges, granted: GrantedScope, moment: Moment): Promise<number> {
  if (moment.kind === "time") return store.revisionAt(granted, moment.at);
  const { number } = moment;
  if (number === 0 || (await store.revision(granted, number)) !== undefined) return number;
  const [latest] = await store.revisions(granted, 1);
  const slug = scopeSlug(granted.scope);
  const what = latest === undefined ? "it has none yet" : `its latest is ${latest.number}`;
  throw new Fault("unknown-revision", `"${slug}" has no revision ${number}: ${what}`, {
    remedy: `List the revisions with "bifrost log ${slug}"`,
  });
}
