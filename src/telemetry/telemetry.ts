// What is told of the process to those who watch it: metrics as Prometheus reads them, and traces for whoever collects them.
// Everything else measures through OpenTelemetry's own interface, which does nothing where this was not started.
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AggregationType, InstrumentType, MeterProvider } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { watchProcess } from "./process.ts";

export interface TelemetryOptions {
  /** `web`, `worker` or `all`: traces of several processes are told apart by it. */
  readonly role: string;
  readonly version: string;
  /** Where traces go, by OTLP over HTTP; undefined: nowhere, and none are made. */
  readonly tracesUrl?: string | undefined;
  /** What takes the spans, in place of `tracesUrl`. */
  readonly spanProcessor?: SpanProcessor;
}

export interface Telemetry {
  /** Everything measured so far, in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Sends what is left of the traces, and stops measuring. */
  close(): Promise<void>;
}

// From a millisecond to the ten minutes that a job may take at most: seconds.
const durationBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

/** Starts measuring for the whole process; at most once at a time. */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const resource = resourceFromAttributes({
    "service.name": `bifrost-${options.role}`,
    "service.version": options.version,
  });
  const reader = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  const meters = new MeterProvider({
    resource,
    readers: [reader],
    views: [
      {
        instrumentType: InstrumentType.HISTOGRAM,
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: durationBoundaries } },
      },
    ],
  });
  metrics.setGlobalMeterProvider(meters);
  const stopWatching = watchProcess();
  const processor = options.spanProcessor ?? (options.tracesUrl ? sendTo(options.tracesUrl) : undefined);
  const tracers = processor && new TracerProvider({ resource, spanProcessors: [processor] });
  if (tracers) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(tracers);
  }
  return {
    metrics: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    close: async () => {
      stopWatching();
      await Promise.all([meters.shutdown(), tracers?.shutdown()]);
      for (const global of [metrics, trace, context, propagation]) global.disable();
    },
  };
}

function sendTo(url: string): SpanProcessor {
  return new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) });
}
