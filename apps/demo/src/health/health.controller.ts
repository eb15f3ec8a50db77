import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ErrorResponseBody } from '../docs/error.schema.js';
import { DatabaseProbe } from './database.probe.js';

/** The program is well. */
export class HealthResponse {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** For whoever keeps the process running, and whoever sends it requests. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly database: DatabaseProbe) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers', security: [] })
  @ApiResponse({ status: 200, type: HealthResponse })
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'The database answers too', security: [] })
  @ApiResponse({ status: 200, type: HealthResponse })
  @ApiResponse({ status: 503, type: ErrorResponseBody, description: 'the database is away' })
  async ready(): Promise<HealthResponse> {
    await this.database.query();
    return { status: 'ok' };
  }
}
