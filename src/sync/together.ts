// Work that is independent is done at once, and nothing of it is left running when a job ends: whoever closes an edge after
// the job, or looks at what it left behind, must not meet a straggler.

type Results<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/** Waits until all of it has ended. Gives the results in their order, or throws what failed first in that order. */
export async function together<const T extends readonly unknown[]>(...works: T): Promise<Results<T>> {
  const settled = await Promise.allSettled(works);
  const results = settled.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  return results as Results<T>;
}
