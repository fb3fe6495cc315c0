// How GitHub writes down what it counts: global ids, and times without fractions of a second.

/** A node id in the look of GitHub's, made from a kind (`R` for repositories) and a number or a git id. */
export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${Buffer.from(`${kind}:${id}`).toString("base64url")}`;
}

/** A time as the API writes it: UTC, whole seconds. */
export function apiTime(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** A time, or null, as the API writes it. */
export function apiTimeOrNull(date: Date | null): string | null {
  return date === null ? null : apiTime(date);
}
