// Whose run is next: callers take turns, and none holds more than its share, so that one who asks for much makes only
// its own runs wait.

export interface Turns<Item> {
  /** Puts an item at the end of its key's line. Items without a key are one line, which no share bounds. */
  add(key: string | undefined, item: Item): void;
  /** Takes an item out of its line; nothing happens where it is in none. */
  remove(key: string | undefined, item: Item): void;
  /** Takes the next item, which counts against its key's share until `done` is called; undefined where none may go. */
  next(): Turn<Item> | undefined;
  /** How many items `next` would give now. */
  ready(): number;
  /** How many items wait, also those that may not go yet. */
  waiting(): number;
  /** Takes everything that waits. */
  clear(): Item[];
}

export interface Turn<Item> {
  readonly item: Item;
  readonly done: () => void;
}

/** Makes empty lines. `share` is how many items of one key may be under way at the same time. */
export function createTurns<Item>(share: number): Turns<Item> {
  // In the order of the turns: a key that had its turn goes to the end.
  const lines = new Map<string | undefined, Set<Item>>();
  const underWay = new Map<string | undefined, number>();

  function room(key: string | undefined): number {
    return key === undefined ? Number.POSITIVE_INFINITY : share - (underWay.get(key) ?? 0);
  }

  function leave(key: string | undefined): void {
    const left = (underWay.get(key) ?? 0) - 1;
    if (left > 0) underWay.set(key, left);
    else underWay.delete(key);
  }

  return {
    add: (key, item) => {
      const line = lines.get(key);
      if (line === undefined) lines.set(key, new Set([item]));
      else line.add(item);
    },
    remove: (key, item) => {
      const line = lines.get(key);
      line?.delete(item);
      if (line?.size === 0) lines.delete(key);
    },
    next: () => {
      for (const [key, line] of lines) {
        if (room(key) < 1) continue;
        const [item] = line;
        if (item === undefined) continue;
        line.delete(item);
        lines.delete(key);
        if (line.size > 0) lines.set(key, line);
        underWay.set(key, (underWay.get(key) ?? 0) + 1);
        return { item, done: () => leave(key) };
      }
      return undefined;
    },
    ready: () => {
      let count = 0;
      for (const [key, line] of lines) count += Math.min(line.size, Math.max(0, room(key)));
      return count;
    },
    waiting: () => [...lines.values()].reduce((sum, line) => sum + line.size, 0),
    clear: () => {
      const items = [...lines.values()].flatMap((line) => [...line]);
      lines.clear();
      return items;
    },
  };
}
