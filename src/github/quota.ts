// What GitHub's answers say about the hourly limit of whoever asked. It is shown to people; nothing is decided by it.
import type { Quota } from "../workspace/trouble.ts";

/** Reads the headers of an answer; `undefined` where they say nothing of the limit, as those of Enterprise Server may. */
export function readQuota(
  headers: Readonly<Record<string, string | number | undefined>>,
  seenAt: Date,
): Quota | undefined {
  const [limit, remaining, resetSeconds] = ["limit", "remaining", "reset"].map((name) =>
    Number(headers[`x-ratelimit-${name}`]),
  );
  if (!isCount(limit) || !isCount(remaining) || !isCount(resetSeconds)) return undefined;
  return { limit, remaining, resetAt: new Date(resetSeconds * 1000), seenAt };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
