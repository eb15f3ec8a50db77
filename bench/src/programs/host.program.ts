import 'reflect-metadata';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  PAYOUT_LINKS_ENTITIES,
  PayoutLinksModule,
  PayoutLinksService,
  type PayoutLinksOptions,
} from 'nestjs-payout-links';
import { serveCommands, settings } from './commands.js';
import { creates } from './creates.js';

/** A host of the module as in the library's README. */
interface Settings {
  databaseUrl: string;
  apiKey: string;
  webhookToken: string;
  poolSize: number;
  options: Partial<PayoutLinksOptions>;
}

const { databaseUrl, poolSize, apiKey, webhookToken, options } = settings() as Settings;

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: databaseUrl,
      entities: [...PAYOUT_LINKS_ENTITIES],
      poolSize,
    }),
    PayoutLinksModule.forRoot({
      apiKey,
      webhookTokens: [webhookToken],
      poolSize,
      ...options,
    }),
  ],
})
class HostModule {}

const app = await NestFactory.create(HostModule, { logger: ['error', 'warn'] });
app.useGlobalPipes(new ValidationPipe());
await app.listen(0, '127.0.0.1');

serveCommands({
  url: () => app.getUrl(),
  create: creates((externalId, amount, email) =>
    app.get(PayoutLinksService).create({ externalId, amount, email }),
  ),
});
