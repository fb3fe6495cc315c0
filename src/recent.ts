// A memory with a bound: what was used last stays. For what can be asked for again at any time; nothing that must not be
// lost belongs here.

export interface Recent<K, V> {
  get(key: K): V | undefined;
  /** Keeps a value in place of the key's last one. One that alone weighs more than the bound is not kept. */
  set(key: K, value: V): void;
}

/** Makes a memory that holds values of at most `weightMax` altogether, each weighing what `weightOf` says. */
export function createRecent<K, V>(weightMax: number, weightOf: (value: V) => number): Recent<K, V> {
  const kept = new Map<K, { readonly value: V; readonly weight: number }>();
  let weightKept = 0;
  const forget = (key: K) => {
    weightKept -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      // A Map keeps the order of insertion, so what was used last moves to the end.
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    set(key, value) {
      forget(key);
      const weight = weightOf(value);
      if (weight > weightMax) return;
      kept.set(key, { value, weight });
      weightKept += weight;
      for (const oldest of kept.keys()) {
        if (weightKept <= weightMax) return;
        forget(oldest);
      }
    },
  };
}
