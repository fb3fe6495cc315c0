// Times one thing against its baseline in the same process, turn by turn, so that a busy machine slows both alike.

export const groups = ["run", "link", "sync", "webhook", "check"] as const;
export type Group = (typeof groups)[number];

/** Two ways to do comparable work. Each call is one sample; what it resolves to is thrown away. */
export interface Contest {
  readonly subject: () => Promise<unknown>;
  readonly baseline: () => Promise<unknown>;
  close?(): Promise<void>;
}

export interface Bench {
  readonly group: Group;
  readonly name: string;
  /** What the baseline does, for the reader of the table. */
  readonly against: string;
  /** The ratio to reach, subject over baseline; null where none is set yet. */
  readonly reach: number | null;
  /** Turns that are measured, after `warmUps` that are not. */
  readonly turns: number;
  readonly warmUps: number;
  /** What one sample is divided by: how many pieces of work it does. */
  readonly per?: number;
  readonly prepare: () => Promise<Contest>;
}

/** One row of the result. `value` and `baseline` are medians in `unit`. */
export interface Measurement {
  readonly group: Group;
  readonly name: string;
  readonly value: number;
  readonly unit: "ms";
  readonly baseline: number;
  readonly ratio: number;
  readonly reach: number | null;
  /** Whether the ratio is within reach; null where there is no reach. */
  readonly holds: boolean | null;
}

/** Runs a bench: prepares it, alternates baseline and subject, and gives the medians. */
export async function measure(bench: Bench): Promise<Measurement> {
  const contest = await bench.prepare();
  const samples = { subject: [] as number[], baseline: [] as number[] };
  try {
    for (let turn = -bench.warmUps; turn < bench.turns; turn += 1) {
      // Whoever goes second finds warmer caches, so they take turns at that, too.
      const order = turn % 2 === 0 ? (["baseline", "subject"] as const) : (["subject", "baseline"] as const);
      for (const which of order) {
        const startedAt = performance.now();
        await contest[which]();
        const tookMs = performance.now() - startedAt;
        if (turn >= 0) samples[which].push(tookMs / (bench.per ?? 1));
      }
    }
  } finally {
    await contest.close?.();
  }
  const value = median(samples.subject);
  const baseline = median(samples.baseline);
  const ratio = value / baseline;
  return {
    group: bench.group,
    name: bench.name,
    value: rounded(value),
    unit: "ms",
    baseline: rounded(baseline),
    ratio: rounded(ratio),
    reach: bench.reach,
    holds: bench.reach === null ? null : ratio <= bench.reach,
  };
}

function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
