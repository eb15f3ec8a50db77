import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ErrorAnswerBody } from '../docs/error.schema.js';
import { DatabaseProbe } from './database.probe.js';

/** The program is well. */
export class HealthAnswer {
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
  @ApiResponse({ status: 200, type: HealthAnswer })
  live(): HealthAnswer {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'The database answers too', security: [] })
  @ApiResponse({ status: 200, type: HealthAnswer })
  @ApiResponse({ status: 503, type: ErrorAnswerBody, description: 'the database is away' })
  async ready(): Promise<HealthAnswer> {
    await this.database.ask();
    return { status: 'ok' };
  }
}
