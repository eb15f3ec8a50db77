import type { INestApplicationContext, LoggerService, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  openDatabase,
  openProvider,
  ProgramLogger,
  requireKnownAccounts,
  requireOwnSessions,
  type Configuration,
  type Program,
} from 'app-runtime';
import { DataSource } from 'typeorm';
import { ReconcilerModule } from './reconciler.module.js';

export interface HowToOpen {
  /** Also polls between runs. */
  pollsOnSchedule?: boolean;
  /** Resumes creates that a crash interrupted; off for read-only commands, which must send nothing. @default true */
  recovery?: boolean;
  /** Acts on `AUTO_REISSUE`. @default false */
  reissues?: boolean;
  /** Modules of long-running commands. */
  modules?: ModuleMetadata['imports'];
  logger?: LoggerService;
}

/** Standard output carries the results of commands. */
function loggerOf({ logLevel, logFormat }: Configuration): ProgramLogger {
  return new ProgramLogger({ level: logLevel, format: logFormat, stream: 'stderr' });
}

/**
 * Opens database and provider and builds the reconciler on them; all of it is closed with the program.
 */
export async function openReconciler(
  program: Program,
  configuration: Configuration,
  say: (message: string) => void,
  {
    pollsOnSchedule = false,
    recovery = true,
    reissues = false,
    modules = [],
    logger = loggerOf(configuration),
  }: HowToOpen = {},
): Promise<INestApplicationContext> {
  const database = program.own(await openDatabase({ url: configuration.databaseUrl, log: say }));
  await requireOwnSessions('DATABASE_URL', database.url);
  if (configuration.queueUrl?.startsWith('postgres'))
    await requireOwnSessions('QUEUE_URL', configuration.queueUrl);
  // Its own sandbox takes any port: 4010 is for the long-running program.
  const provider = program.own(await openProvider(configuration, { port: 0 }));
  const dependencies = {
    configuration,
    databaseUrl: database.url,
    provider,
    pollsOnSchedule,
    recovery,
    reissues,
    modules,
  };
  const app = await NestFactory.createApplicationContext(ReconcilerModule.register(dependencies), {
    logger,
    abortOnError: false,
  });
  program.own(app);
  await requireKnownAccounts(app.get(DataSource), provider.accounts);
  return app;
}
