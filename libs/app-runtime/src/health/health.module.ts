import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthService } from './health.service.js';

/** Health checks of a program with a DataSource. */
@Module({
  // A check that fails is a response, not a line in the log every few seconds.
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [HealthService],
  exports: [HealthService],
})
export class HealthModule {}
