import type { INestApplicationContext } from '@nestjs/common';
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

/**
 * Opens database and provider and builds the reconciler on them; all of it is closed with the program.
 * @param kind `pollsOnSchedule`: also polls between runs; `recovery`: resumes creates that a crash interrupted
 *   (off for read-only commands, which must send nothing)
 */
export async function openReconciler(
  program: Program,
  configuration: Configuration,
  say: (message: string) => void,
  { pollsOnSchedule = false, recovery = true }: { pollsOnSchedule?: boolean; recovery?: boolean } = {},
): Promise<INestApplicationContext> {
  const database = program.own(await openDatabase({ url: configuration.databaseUrl, log: say }));
  await requireOwnSessions('DATABASE_URL', database.url);
  if (configuration.queueUrl?.startsWith('postgres'))
    await requireOwnSessions('QUEUE_URL', configuration.queueUrl);
  // Its own sandbox takes any port: 4010 is for the long-running program.
  const provider = program.own(await openProvider(configuration, { port: 0 }));
  const dependencies = { configuration, databaseUrl: database.url, provider, pollsOnSchedule, recovery };
  const app = await NestFactory.createApplicationContext(ReconcilerModule.register(dependencies), {
    logger: new ProgramLogger({ level: configuration.logLevel, stream: 'stderr' }),
    abortOnError: false,
  });
  program.own(app);
  await requireKnownAccounts(app.get(DataSource), provider.accounts);
  return app;
}
