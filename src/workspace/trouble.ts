// Why work on a repository did not get done, as a person reads it later: the fault of a try, and what GitHub still gives.
import { Fault, type FaultCode } from "../errors.ts";

/** The fault that ended a try. */
export interface Trouble {
  readonly code: FaultCode;
  /** Words for people, without secrets and without anybody's code. */
  readonly message: string;
  readonly remedy: string;
  readonly at: Date;
  /** Until when GitHub asked to wait, where it did. */
  readonly waitUntil: Date | null;
}

/** The last trouble of each kind of work; absent where its last try went well. */
export interface Troubles {
  readonly sync?: Trouble;
  readonly check?: Trouble;
}

/** What an installation may still ask of GitHub. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
  /** When GitHub said so. */
  readonly seenAt: Date;
}

/** Puts whatever a try threw into words. What is not a `Fault` may quote anything, so only its kind is told. */
export function troubleOf(error: unknown, at: Date): Trouble {
  if (error instanceof Fault) {
    const { code, message, remedy, retryAt } = error;
    return { code, message, remedy, at, waitUntil: retryAt ?? null };
  }
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    code: "internal",
    message: `Something went wrong that nobody foresaw (${kind})`,
    remedy: "Look for it in the server's log; the work is tried again by itself",
    at,
    waitUntil: null,
  };
}
