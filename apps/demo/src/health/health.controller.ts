import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ErrorResponseBody } from '../docs/error.schema.js';
import { DatabaseProbe } from './database.probe.js';

/** The program is healthy. */
export class HealthResponse {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** For process managers and load balancers. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly database: DatabaseProbe) {}

  @Get('live')
  @ApiOperation({ summary: 'The process responds', security: [] })
  @ApiResponse({ status: 200, type: HealthResponse })
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'The database responds too', security: [] })
  @ApiResponse({ status: 200, type: HealthResponse })
  @ApiResponse({ status: 503, type: ErrorResponseBody, description: 'the database is unavailable' })
  async ready(): Promise<HealthResponse> {
    await this.database.query();
    return { status: 'ok' };
  }
}
