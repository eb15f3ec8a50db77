#!/usr/bin/env node
import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { openDatabase, openProvider, runProgram, type Configuration, type Program } from 'app-runtime';
import { readConfig } from './config.js';
import { createDemo } from './create-demo.js';
import { listen } from './listen.js';
import { directWebhooks } from './sandbox-webhooks.js';

/** How long requests in progress may take during graceful shutdown, in milliseconds. */
const LAST_RESPONSES_MS = 4_000;

await runProgram(serve);

async function serve(program: Program): Promise<number> {
  const configuration = readConfig();
  const database = program.own(await openDatabase({ url: configuration.databaseUrl, log: console.log }));
  const provider = program.own(await openProvider(configuration));
  const parts = { configuration, databaseUrl: database.url, provider };
  const app = await createDemo(parts);
  program.own({ close: () => end(app) });
  const url = await startListening(app, configuration);
  await directWebhooks(provider.sandbox, url);
  await program.stopped();
  return 0;
}

async function startListening(app: NestExpressApplication, configuration: Configuration): Promise<string> {
  const { bound, reachable } = await listen(app, configuration);
  console.log(`listening on ${bound}`);
  return reachable;
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
