// A host that is killed while it processes a webhook delivery and calls a handler. Plain JavaScript over the built
// library.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OnPayoutLink, PAYOUT_LINKS_ENTITIES, PayoutLinksModule } from 'nestjs-payout-links';

const { databaseUrl, ...options } = JSON.parse(process.argv[2]);

class Ledger {
  async handle() {
    process.send('handler called');
    await new Promise(() => undefined);
  }
}
OnPayoutLink({ events: 'requested', name: 'ledger' })(
  Ledger.prototype,
  'handle',
  Object.getOwnPropertyDescriptor(Ledger.prototype, 'handle'),
);

class HostModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, entities: [...PAYOUT_LINKS_ENTITIES] }),
    PayoutLinksModule.forRoot(options),
  ],
  providers: [Ledger],
})(HostModule);

const app = await NestFactory.create(HostModule, { logger: false });
await app.listen(0, '127.0.0.1');
process.send({ url: await app.getUrl() });
