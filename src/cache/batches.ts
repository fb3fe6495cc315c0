// Cuts long lists into what one request carries, so that a large scope neither blocks Redis nor outlasts a timeout.

/** 500 modules of 3 KB are 1.5 MB, which Redis answers within 2 ms on loopback. */
export const batchItemsMax = 500;

/** 4 MiB crosses a link of 10 Mbit/s in less than the timeout of a command. */
const batchBytesMax = 4 * 1024 * 1024;

/**
 * Gives the items in order, in batches of at most `batchItemsMax` items and at most `batchBytesMax` bytes by `sizeOf`;
 * an item that is larger comes alone.
 */
export function* batches<T>(items: Iterable<T>, sizeOf: (item: T) => number = () => 0): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && (batch.length === batchItemsMax || bytes + size > batchBytesMax)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
