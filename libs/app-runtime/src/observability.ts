// Health and metrics of long-running programs; other commands do not load it.
export { HealthModule } from './health/health.module.js';
export { HealthService, type Health } from './health/health.service.js';
export { serveStatus } from './http/status.server.js';
export { observeRuns } from './telemetry/run.gauges.js';
export { PROMETHEUS_TEXT, startTelemetry, type Telemetry } from './telemetry/telemetry.js';
