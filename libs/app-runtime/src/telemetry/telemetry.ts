import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** The metrics of this process. */
export interface Telemetry {
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
  close(): Promise<void>;
}

/** The `Content-Type` of `Telemetry.text`. */
export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** Gauges that take longer are left out, such as those of a database that does not respond. */
const GAUGES_MS = 2_000;

/** Starts the OpenTelemetry SDK for metrics. Call it before anything creates instruments. */
export function startTelemetry(): Telemetry {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  // Our names are Prometheus names; scope and target labels would add nothing in one program.
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  return {
    text: async () =>
      serializer.serialize((await reader.collect({ timeoutMillis: GAUGES_MS })).resourceMetrics),
    close: async () => {
      metrics.disable();
      await provider.shutdown();
    },
  };
}
