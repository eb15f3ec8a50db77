import type { INestApplicationContext } from '@nestjs/common';
import { ProgramLogger, type Configuration, type Program } from 'app-runtime';
import {
  HealthModule,
  HealthService,
  observeRuns,
  serveStatus,
  startTelemetry,
} from 'app-runtime/observability';
import { DataSource } from 'typeorm';
import { readConfig } from './config.js';
import { openReconciler, type HowToOpen } from './open-reconciler.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from './reconciler.options.js';

/** A long-running command. */
interface Service {
  app: INestApplicationContext;
  configuration: Configuration;
  logger: ProgramLogger;
}

/** Opens the reconciler for a command that runs until it is stopped: it logs, and shows metrics and health. */
export async function openService(
  program: Program,
  { pollsOnSchedule = false, reissues = false }: Pick<HowToOpen, 'pollsOnSchedule' | 'reissues'> = {},
): Promise<Service> {
  const configuration = readConfig();
  const logger = new ProgramLogger({ level: configuration.logLevel, format: configuration.logFormat });
  if (logger.isJson) program.logTo(logger);
  const say = (message: string) => logger.log(message, 'Reconciler');
  const telemetry = program.own(startTelemetry());
  const how = { pollsOnSchedule, reissues, modules: [HealthModule], logger };
  const app = await openReconciler(program, configuration, say, how);
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  observeRuns(app.get(DataSource), accounts);
  const { metricsHost: host, metricsPort: port } = configuration;
  if (port !== undefined) {
    const shown = { telemetry, health: app.get(HealthService, { strict: false }) };
    const { bound } = program.own(await serveStatus(shown, { host, port }));
    logger.announce(`metrics and health on ${bound}`, 'Reconciler');
  }
  return { app, configuration, logger };
}
