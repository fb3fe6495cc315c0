// The process itself: its memory, and how long its thread kept others waiting.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { metrics } from "@opentelemetry/api";

/** Measures the process from now on, and gives what ends it. */
export function watchProcess(): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const meter = metrics.getMeter("bifrost.process");
  meter
    .createObservableGauge("process.memory.resident.bytes", {
      unit: "By",
      description: "Resident memory of this process",
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge("process.event_loop.delay.seconds", {
      unit: "s",
      description: "The longest that the thread kept others waiting since this was last read",
    })
    .addCallback((result) => {
      // Nanoseconds; the resolution itself is counted as delay.
      result.observe(Math.max(0, delay.max / 1e9 - 0.01));
      delay.reset();
    });
  return () => delay.disable();
}
