import 'reflect-metadata';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { requestIdMiddleware, requireKnownAccounts } from 'app-runtime';
import { observeRuns } from 'app-runtime/observability';
import express, { type RequestHandler } from 'express';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import type { DemoDependencies } from './demo.options.js';
import { serveDocs } from './docs/serve-docs.js';
import { apiKeyMiddleware } from './http/api-key.middleware.js';
import { useBodyParsers } from './http/body-parsers.js';
import { ErrorFilter } from './http/error.filter.js';
import { SECURITY_HEADERS } from './http/security-headers.js';

/**
 * The demo, migrated and ready to listen.
 * @throws ConfigurationError when the database has links of an account that is not configured
 */
export async function createDemo(
  parts: DemoDependencies,
  logger: LoggerService,
): Promise<NestExpressApplication> {
  const { configuration, provider } = parts;
  // Before Nest's own middleware and the library's, so that all they log has the request's id.
  const server = express().use(requestIdMiddleware);
  const adapter = new ExpressAdapter(server);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(parts), adapter, {
    logger,
    abortOnError: false,
    bodyParser: false,
  });
  try {
    const dataSource = app.get(DataSource);
    await requireKnownAccounts(dataSource, provider.accounts);
    observeRuns(dataSource, Object.keys(provider.accounts));
    app.set('etag', false);
    app.useSecurityHeaders(SECURITY_HEADERS);
    app.enableCsrfProtection();
    app.use(noCopies);
    // Before the body parsers: unauthenticated requests get no body parsed.
    app.use(apiKeyMiddleware(configuration.demoApiKey));
    useBodyParsers(app);
    app.useGlobalFilters(new ErrorFilter());
    serveDocs(app);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Responses contain names, addresses and money: they must not be cached. */
const noCopies: RequestHandler = (_, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};
