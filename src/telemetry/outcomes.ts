// What came of the product's own work, counted for those who watch it. No name of an organisation or a repository is in it.
import { metrics } from "@opentelemetry/api";

export interface Outcomes {
  /** A sync ended in this state of the repository's binding. */
  synced(state: string): void;
  /** A check ended with this conclusion. */
  checked(conclusion: string): void;
  /** So many sources were asked of the memory of parsed ones, and so many of them were there. */
  recordsRead(asked: number, found: number): void;
}

/** Something outside that the process works with, as in the health checks. */
interface WatchedDependency {
  readonly name: string;
  check(): Promise<unknown>;
}

/** Makes the counters. Start telemetry first: what was made before it counts nothing. */
export function countOutcomes(): Outcomes {
  const meter = metrics.getMeter("bifrost");
  const syncs = meter.createCounter("bifrost.syncs", {
    description: "Syncs by the state they left a repository in (state)",
  });
  const checks = meter.createCounter("bifrost.checks", { description: "Checks by their conclusion (conclusion)" });
  const reads = meter.createCounter("bifrost.cache.reads", {
    description: "Reads of what is kept in memory, hits and misses (cache, result)",
  });
  return {
    synced: (state) => syncs.add(1, { state }),
    checked: (conclusion) => checks.add(1, { conclusion }),
    recordsRead: (asked, found) => {
      reads.add(found, { cache: "records", result: "hit" });
      reads.add(asked - found, { cache: "records", result: "miss" });
    },
  };
}

/** Tells of each dependency whether it can be used, asked whenever the metrics are read. */
export function watchDependencies(dependencies: readonly WatchedDependency[]): void {
  metrics
    .getMeter("bifrost")
    .createObservableGauge("bifrost.dependency.up", {
      description: "1 where the dependency can be used, else 0 (dependency)",
    })
    .addCallback(async (result) => {
      await Promise.all(
        dependencies.map(async ({ name, check }) => {
          const isUp = await check().then(
            () => 1,
            () => 0,
          );
          result.observe(isUp, { dependency: name });
        }),
      );
    });
}
