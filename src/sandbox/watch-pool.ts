// How busy the pool is and how its runs end, for those who watch the process.
import { metrics } from "@opentelemetry/api";
import { type Walls, wallNames } from "../confinement/walls.ts";
import type { RunOutcome } from "../workspace/run.ts";

const states = ["starting", "idle", "busy"] as const;

export interface PoolState {
  readonly processes: Iterable<(typeof states)[number]>;
  /** Runs that no process has taken yet. */
  readonly waiting: number;
  /** Those around the process that was started last. */
  readonly walls: Walls | undefined;
}

/** Measures the pool whenever the metrics are read, and each run as `ran` is told of it. */
export function watchPool(look: () => PoolState): { ran(outcome: RunOutcome): void } {
  const meter = metrics.getMeter("bifrost.sandbox");
  const durations = meter.createHistogram("bifrost.sandbox.run.duration.seconds", {
    unit: "s",
    description: "A run, by the code of the diagnostic that ended it, or ok (outcome)",
  });
  meter
    .createObservableGauge("bifrost.sandbox.processes", { description: "Child processes that run workflows (state)" })
    .addCallback((result) => {
      const processes = [...look().processes];
      for (const state of states) result.observe(processes.filter((each) => each === state).length, { state });
    });
  meter
    .createObservableGauge("bifrost.sandbox.waiting", { description: "Runs that wait for a process" })
    .addCallback((result) => result.observe(look().waiting));
  meter
    .createObservableGauge("bifrost.sandbox.walls", {
      description:
        "1 where the kernel keeps workflows from files, network and processes, 0 where Node alone does (wall)",
    })
    .addCallback((result) => {
      const { walls } = look();
      if (walls) for (const wall of wallNames) result.observe(walls[wall] ? 1 : 0, { wall });
    });
  return {
    ran: ({ ok, diagnostics, durationMs }) => {
      durations.record(durationMs / 1000, { outcome: ok ? "ok" : (diagnostics.at(0)?.code ?? "failed") });
    },
  };
}
