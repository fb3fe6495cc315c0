// How a bench is timed and what it reports: a ratio against a baseline in the same process, turn by turn, so that a busy
// machine slows both alike; or a figure with a goal of its own, such as milliseconds or megabytes.

export const groups = ["run", "link", "sync", "webhook", "check", "dashboard"] as const;
export type Group = (typeof groups)[number];

/** One row of the result. Times are medians unless the name says otherwise. */
export interface Measurement {
  readonly group: Group;
  readonly name: string;
  /** What the baseline does, for the reader of the table; null where there is none. */
  readonly against: string | null;
  readonly value: number;
  readonly unit: Unit;
  readonly baseline: number | null;
  /** `value` over `baseline`. */
  readonly ratio: number | null;
  /** The most that `ratio` may be, or `value` where there is no baseline; null where no goal is set. */
  readonly reach: number | null;
  /** Whether it is within reach; null where there is no reach. */
  readonly holds: boolean | null;
}

export type Unit = "ms" | "MB" | "KB" | "requests";

export interface Bench {
  readonly group: Group;
  /** Prepares, measures, cleans up, and gives its rows. */
  readonly measure: () => Promise<readonly Measurement[]>;
}

/** Two ways to do comparable work. Each call is one sample; what it resolves to is thrown away. */
export interface Contest {
  readonly subject: () => Promise<unknown>;
  readonly baseline: () => Promise<unknown>;
  /** Makes ready, before each turn, what is not part of anybody's work. */
  before?(): Promise<unknown>;
  /** Rows about the subject that came up on the way. */
  rows?(): readonly Measurement[];
  close?(): Promise<void>;
}

export interface ContestOptions {
  readonly group: Group;
  readonly name: string;
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

/** A bench that alternates baseline and subject and compares their medians. */
export function contest(options: ContestOptions): Bench {
  const { group, name, against, reach, turns, warmUps, per = 1, prepare } = options;
  return {
    group,
    measure: async () => {
      const { subject, baseline, before, rows, close } = await prepare();
      const samples = { subject: [] as number[], baseline: [] as number[] };
      const sides = { subject, baseline };
      try {
        for (let turn = -warmUps; turn < turns; turn += 1) {
          await before?.();
          // Whoever goes second finds warmer caches, so they take turns at that, too.
          const order = turn % 2 === 0 ? (["baseline", "subject"] as const) : (["subject", "baseline"] as const);
          for (const which of order) {
            const tookMs = await timed(sides[which]);
            if (turn >= 0) samples[which].push(tookMs / per);
          }
        }
        const values = { value: median(samples.subject), baseline: median(samples.baseline) };
        return [comparison({ group, name, against, reach, ...values }), ...(rows?.() ?? [])];
      } finally {
        await close?.();
      }
    },
  };
}

/** A row with a baseline: the goal is a ratio. */
function comparison(
  row: Pick<Measurement, "group" | "name" | "reach"> & {
    readonly against: string;
    readonly value: number;
    readonly baseline: number;
  },
): Measurement {
  const ratio = row.value / row.baseline;
  const { value, baseline, reach } = row;
  return {
    ...row,
    value: rounded(value),
    unit: "ms",
    baseline: rounded(baseline),
    ratio: rounded(ratio),
    holds: reach === null ? null : ratio <= reach,
  };
}

/** A row without a baseline: the goal is in its own unit. */
export function figure(row: Pick<Measurement, "group" | "name" | "value" | "unit" | "reach">): Measurement {
  const holds = row.reach === null ? null : row.value <= row.reach;
  return { ...row, against: null, value: rounded(row.value), baseline: null, ratio: null, holds };
}

/** How long some work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The sample that `share` of all samples do not exceed. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
