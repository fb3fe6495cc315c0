// Work that may lose its purpose while it is done: an evaluation of a head that is not the newest any more is given up,
// so that the newest does not wait for it. And as long as it is done, others are told that somebody is at it.

// A person waits for the newest head; one question a second is nothing beside an evaluation.
const lookEveryMs = 1000;

export type Wanted<T, Reason> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "given-up"; readonly reason: Reason };

export interface Watch<Reason> {
  /** Says why the work is not wanted any more, or nothing while it is. What it throws is looked at again later. */
  readonly look: () => Promise<Reason | undefined>;
  readonly signal: AbortSignal | undefined;
}

/** Does the work until it is done, or until a look says that it is not wanted; then its signal aborts. */
export async function whileWanted<T, Reason>(
  { look, signal }: Watch<Reason>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Wanted<T, Reason>> {
  const givenUp = new AbortController();
  let reason: { readonly is: Reason } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const lookLater = () => {
    timer = setTimeout(async () => {
      const found = await look().catch(() => undefined);
      if (isOver) return;
      if (found === undefined) return lookLater();
      reason = { is: found };
      givenUp.abort();
    }, lookEveryMs);
  };
  lookLater();
  try {
    const value = await work(signal ? AbortSignal.any([signal, givenUp.signal]) : givenUp.signal);
    return { kind: "done", value };
  } catch (error) {
    if (reason === undefined || signal?.aborted) throw error;
    return { kind: "given-up", reason: reason.is };
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
