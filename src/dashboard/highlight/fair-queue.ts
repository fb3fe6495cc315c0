// Turns at something that only one may use at a time, given to each key in its turn: whoever asks for many waits behind
// their own and holds up nobody else for longer than one turn.

export interface Turn {
  /** Lets the next one in. */
  end(): void;
}

export interface FairQueue {
  /** Waits for a turn. Undefined where it does not come in time, or where the key has as many waiting as it may. */
  turn(key: string, waitMs: number): Promise<Turn | undefined>;
}

/** Makes a queue in which a key may have at most `waitingMax` waiting. */
export function createFairQueue(waitingMax: number): FairQueue {
  // In the order of their turns: whoever had one goes to the end.
  const waiting = new Map<string, (() => void)[]>();
  let isBusy = false;

  const next = (): void => {
    isBusy = false;
    for (const [key, entries] of waiting) {
      const enter = entries.shift();
      waiting.delete(key);
      if (enter === undefined) continue;
      if (entries.length > 0) waiting.set(key, entries);
      isBusy = true;
      enter();
      return;
    }
  };

  return {
    async turn(key, waitMs) {
      if (!isBusy) {
        isBusy = true;
        return { end: next };
      }
      const entries = waiting.get(key) ?? [];
      if (entries.length >= waitingMax) return undefined;
      const { promise, resolve } = Promise.withResolvers<Turn | undefined>();
      const enter = () => {
        clearTimeout(timer);
        resolve({ end: next });
      };
      const timer = setTimeout(() => {
        entries.splice(entries.indexOf(enter), 1);
        resolve(undefined);
      }, waitMs);
      entries.push(enter);
      waiting.set(key, entries);
      return await promise;
    },
  };
}
