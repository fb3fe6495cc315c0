// Work that is done together: what arrives while others are at it waits and then goes in one piece, so that many at once
// cost little more than one. What the work is, and what it means to do it together, is the caller's business.

export interface GroupOptions {
  /** The most items that one piece holds. */
  readonly itemsMax: number;
  /** The most pieces under way: more than one, so that a piece that has to wait for somebody does not hold up the others. */
  readonly atOnce: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives a function that takes one item and resolves with its result. `work` takes items in the order of their arrival and
 * gives a result for each, in the same order; where it throws, every one of its items fails with that.
 */
export function createGroup<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { itemsMax, atOnce }: GroupOptions,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let underWay = 0;
  let isScheduled = false;

  const start = async () => {
    underWay += 1;
    const piece = waiting.splice(0, itemsMax);
    try {
      const results = await work(piece.map(({ item }) => item));
      for (const [index, { resolve, reject }] of piece.entries()) {
        const result = results[index];
        if (result === undefined) reject(new TypeError("The work gave no result for an item"));
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of piece) reject(error);
    }
    underWay -= 1;
    schedule();
  };

  // At the end of this turn of the event loop, so that what was read from many sockets in it goes together.
  const schedule = () => {
    if (isScheduled || waiting.length === 0 || underWay >= atOnce) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      void start();
      schedule();
    });
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      schedule();
    });
}
