import 'reflect-metadata';
import type { INestApplication, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  PAYOUT_LINKS_ENTITIES,
  PayoutLinksModule,
  PayoutLinksService,
  type PayoutLinksOptions,
} from 'nestjs-payout-links';
import type { Sandbox } from 'payout-links-sandbox';

/** A small running application that uses the module. */
export interface Host {
  app: INestApplication;
  service: PayoutLinksService;
  url: string;
  webhookUrl: string;
  close(): Promise<void>;
}

/** An address without a listener: a port that was free a moment ago may be another suite's sandbox by now. */
export const NOBODY_LISTENS = 'http://127.0.0.1:1';

/** Starts a host on a database and a sandbox; `providers` are its own, such as handlers. */
export async function startHost({
  databaseUrl,
  sandbox,
  options = {},
  providers = [],
  poolSize = 10,
  prefix = '',
}: {
  databaseUrl: string;
  sandbox: Pick<Sandbox, 'url' | 'apiKey' | 'webhookToken'>;
  options?: Partial<PayoutLinksOptions>;
  providers?: Type[];
  poolSize?: number;
  /** Before every route, as in `/api`. */
  prefix?: string;
}): Promise<Host> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: databaseUrl,
        entities: [...PAYOUT_LINKS_ENTITIES],
        poolSize,
        retryAttempts: 0,
      }),
      PayoutLinksModule.forRoot({
        ...(!options.accounts && { apiKey: sandbox.apiKey, webhookTokens: [sandbox.webhookToken] }),
        baseUrl: sandbox.url,
        ...options,
      }),
    ],
    providers,
  })
  class HostModule {}
  const app = await NestFactory.create(HostModule, { logger: false, abortOnError: false });
  app.setGlobalPrefix(prefix);
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    // Stops what had started before the refusal.
    await app.close();
    throw error;
  }
  const url = await app.getUrl();
  return {
    app,
    service: app.get(PayoutLinksService),
    url,
    webhookUrl: `${url}${prefix}/webhooks/xendit/payout-links`,
    close: () => app.close(),
  };
}
