import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthService, type Health } from 'app-runtime/observability';
import type { Response } from 'express';
import { ErrorResponseBody } from '../docs/error.schema.js';

/** The program is healthy. */
class HealthResponse {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** The program and what it needs are healthy. */
class ReadyResponse extends HealthResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'database, migrations, and queues with oldestDeliverySeconds and deadLetters',
  })
  details!: object;
}

/** For process managers and load balancers. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @ApiOperation({ summary: 'The process serves', security: [] })
  @ApiResponse({ status: 200, type: HealthResponse })
  live(@Res() response: Response): void {
    send(response, this.health.live());
  }

  @Get('ready')
  @ApiOperation({
    summary: 'The database responds and is migrated; what waits and what failed',
    security: [],
  })
  @ApiResponse({ status: 200, type: ReadyResponse })
  @ApiResponse({
    status: 503,
    type: ErrorResponseBody,
    description: 'the database is unavailable, or migrations are pending',
  })
  async ready(@Res() response: Response): Promise<void> {
    send(response, await this.health.ready());
  }
}

function send(response: Response, { status, body }: Health): void {
  if (status === 503) response.setHeader('Retry-After', '5');
  response.status(status).json(body);
}
