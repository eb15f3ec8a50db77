#!/usr/bin/env node
import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { listen, openDatabase, openProvider, ProgramLogger, runProgram, type Program } from 'app-runtime';
import { startTelemetry } from 'app-runtime/observability';
import { readConfig } from './config.js';
import { createDemo } from './create-demo.js';
import { directWebhooks } from './sandbox-webhooks.js';

/** How long requests in progress may take during graceful shutdown, in milliseconds. */
const LAST_RESPONSES_MS = 4_000;

await runProgram(serve);

async function serve(program: Program): Promise<number> {
  const configuration = readConfig();
  const logger = new ProgramLogger({ level: configuration.logLevel, format: configuration.logFormat });
  if (logger.isJson) program.logTo(logger);
  const telemetry = program.own(startTelemetry());
  const log = (message: string) => logger.log(message, 'Demo');
  const database = program.own(await openDatabase({ url: configuration.databaseUrl, log }));
  const provider = program.own(await openProvider(configuration));
  const app = await createDemo({ configuration, databaseUrl: database.url, provider, telemetry }, logger);
  program.own({ close: () => end(app) });
  await app.init();
  const { bound, reachable } = await listen(app.getHttpServer(), configuration, {
    host: 'HOST',
    port: 'PORT',
  });
  logger.announce(`listening on ${bound}`, 'Demo');
  await directWebhooks(provider.sandbox, reachable);
  await program.stopped();
  return 0;
}

/** Graceful shutdown: accepts no new requests and waits briefly for those in progress. */
async function end(app: NestExpressApplication): Promise<void> {
  const server: Server = app.getHttpServer();
  const forceClose = setTimeout(() => server.closeAllConnections(), LAST_RESPONSES_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(forceClose);
  }
}
