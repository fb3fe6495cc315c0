// What an examination comes to, and how one is carried out so that no fault of it keeps the others from being made.
import { Fault } from "../errors.ts";
import { withoutSecrets } from "../workspace/secret.ts";

/** Something that is wrong. */
export interface Finding {
  readonly what: string;
  /** What comes of it. */
  readonly why: string;
  /** What to do, as an imperative sentence. */
  readonly remedy: string;
}

export interface Examination {
  /** A stable name for machines. */
  readonly check: string;
  /** `skipped`: it could not be made, because of something that another examination finds. */
  readonly state: "ok" | "wrong" | "skipped";
  /** What was found, in a line. */
  readonly summary: string;
  /** What is wrong; empty unless `state` is `wrong`. */
  readonly findings: readonly Finding[];
}

/** What an examination found, before it has its name. */
export type Result = Omit<Examination, "check">;

export function ok(summary: string): Result {
  return { state: "ok", summary, findings: [] };
}

export function skipped(because: string): Result {
  return { state: "skipped", summary: because, findings: [] };
}

/** `summary` in a line what the findings come to. Without findings, all is well. */
export function judged(findings: readonly Finding[], summary: { readonly ok: string; readonly wrong: string }): Result {
  return findings.length === 0 ? ok(summary.ok) : { state: "wrong", summary: summary.wrong, findings };
}

/** Carries an examination out. A fault that stops it is its finding; `why` says what comes of that. */
export async function examineOne(check: string, why: string, work: () => Promise<Result>): Promise<Examination> {
  try {
    return { check, ...(await work()) };
  } catch (error) {
    const what = withoutSecrets(error instanceof Error ? error.message : String(error));
    const remedy = error instanceof Fault ? error.remedy : "Look at what is said above, and at the log of the server";
    return { check, state: "wrong", summary: what, findings: [{ what, why, remedy }] };
  }
}
