// Which report an address names.
import type { ReportPlace } from "../workspace/addresses.ts";

/** The place that the parts of an address name; `undefined` where they name none. */
export function reportPlaceOf(params: Readonly<Record<string, string>>): ReportPlace | undefined {
  const { repository = "", commit = "", subject = "" } = params;
  if (!/^[1-9]\d{0,15}$/.test(repository) || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  if (!/^(?:sync|commit|pull-[1-9]\d{0,14})$/.test(subject)) return undefined;
  return { repositoryId: Number(repository), headSha: commit, subject: subject.replace("-", ":") };
}

/** What a report is about, in words. */
export function subjectWords(subject: string): string {
  const number = /^pull:(\d+)$/.exec(subject)?.[1];
  if (number !== undefined) return `pull request #${number}`;
  return subject === "sync" ? "sync" : "commit";
}
