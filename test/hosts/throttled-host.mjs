// A host whose ThrottlerGuard allows one request a minute. Plain JavaScript over the built library: under Jest on
// Node 20 the throttler, which is CommonJS, cannot load Nest.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SkipThrottle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { PAYOUT_LINKS_ENTITIES, PayoutLinksModule } from 'nestjs-payout-links';

const { databaseUrl, skips, ...options } = JSON.parse(process.argv[2]);

class HostModule {}
Module({
  imports: [
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1 }]),
    TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, entities: [...PAYOUT_LINKS_ENTITIES] }),
    PayoutLinksModule.forRoot({ ...options, ...(skips && { controllerDecorators: [SkipThrottle()] }) }),
  ],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})(HostModule);

const app = await NestFactory.create(HostModule, { logger: false });
await app.listen(0, '127.0.0.1');
process.send({ url: await app.getUrl() });
