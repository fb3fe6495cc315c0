// The queue's length and age, for those who watch the process. Every process tells the same of the one queue.
import { metrics } from "@opentelemetry/api";
import type { PgBoss } from "pg-boss";
import { measureQueue } from "./boss.ts";

/** Measures the queue whenever the metrics are read. */
export function watchQueue(boss: PgBoss): void {
  const meter = metrics.getMeter("bifrost.jobs");
  const lengths = meter.createObservableGauge("bifrost.queue.jobs", {
    description: "Jobs that run, are due, or are to be tried at a later time (kind, state)",
  });
  const ages = meter.createObservableGauge("bifrost.queue.age.seconds", {
    unit: "s",
    description: "For how long the job that is due the longest has been waiting for a worker (kind)",
  });
  meter.addBatchObservableCallback(
    async (result) => {
      for (const { kind, running, due, later, oldestDueSeconds } of await measureQueue(boss)) {
        for (const [state, length] of Object.entries({ running, due, later })) {
          result.observe(lengths, length, { kind, state });
        }
        result.observe(ages, oldestDueSeconds, { kind });
      }
    },
    [lengths, ages],
  );
}
