// A request that GitHub refuses, thrown wherever it is noticed and answered as GitHub answers it.

/** What GitHub says of one wrong field, or a plain sentence. */
export type RefusedField = string | { readonly resource: string; readonly field: string; readonly code: string };

export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly RefusedField[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    details: { errors?: readonly RefusedField[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.errors = details.errors ?? [];
    this.headers = details.headers ?? {};
  }
}

/** What GitHub answers for what does not exist and for what the caller may not know of. */
export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

/** What GitHub answers where a token lacks a permission. */
export function notAccessible(): Refusal {
  return new Refusal(403, "Resource not accessible by integration");
}
