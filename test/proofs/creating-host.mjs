// A host that creates payout links until it is killed. Plain JavaScript over the built library.
import 'reflect-metadata';
import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PAYOUT_LINKS_ENTITIES, PayoutLinksModule, PayoutLinksService } from 'nestjs-payout-links';

const { databaseUrl, baseUrl, apiKey, webhookToken, first, count, lanes, http } = JSON.parse(process.argv[2]);

class HostModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: databaseUrl,
      entities: [...PAYOUT_LINKS_ENTITIES],
      retryAttempts: 0,
    }),
    PayoutLinksModule.forRoot({ apiKey, webhookTokens: [webhookToken], baseUrl, http }),
  ],
})(HostModule);

const app = await NestFactory.createApplicationContext(HostModule, { logger: false });
const service = app.get(PayoutLinksService);
process.on('message', (message) => {
  if (message === 'go') for (let lane = 0; lane < lanes; lane += 1) void create(lane);
});
process.send('ready');

async function create(lane) {
  for (let index = 0; ; index += 1) {
    const number = first + ((lane * 7 + index) % count);
    // Announced before the call: whatever was announced may have been sent.
    process.send(number);
    try {
      await service.create({
        externalId: `payout-${number}`,
        amount: 10_000 + number,
        email: `recipient-${number}@example.com`,
      });
    } catch {
      // A refusal is stored; the next round repeats the call.
      await wait(5);
    }
  }
}
