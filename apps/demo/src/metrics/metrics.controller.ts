import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PROMETHEUS_TEXT, type Telemetry } from 'app-runtime/observability';

/** Injection token of the process's metrics. */
export const TELEMETRY = Symbol('TELEMETRY');

/** For Prometheus. */
@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(TELEMETRY) private readonly telemetry: Telemetry) {}

  @Get()
  @Header('Content-Type', PROMETHEUS_TEXT)
  @ApiOperation({ summary: "Metrics in Prometheus' text format; from this machine without a key" })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  show(): Promise<string> {
    return this.telemetry.text();
  }
}
