import { NestFactory } from '@nestjs/core';
import { PayoutLinkStatus, type PayoutLinkEvent } from 'nestjs-payout-links';
import * as asImported from 'nestjs-payout-links';
import { sendWebhook } from 'nestjs-payout-links/testing';
import { createRequire } from 'node:module';
import { startSandbox } from 'payout-links-sandbox';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import { Refunds } from './refunds.js';

const sandbox = await startSandbox();
const app = await NestFactory.create(AppModule.with(process.env.DATABASE_URL, sandbox), {
  logger: ['error'],
});
await app.listen(0, '127.0.0.1');
const webhookUrl = `${await app.getUrl()}/webhooks/xendit/payout-links`;

const print = (path: string, body: object) =>
  fetch(sandbox.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
await print('/_sandbox/webhooks', { url: webhookUrl });

const refunds = app.get(Refunds);
const link = await refunds.refund('1', 150_000n);
await print('/_sandbox/claims', { id: link.providerId, accountNumber: '1234567890' });
const event: PayoutLinkEvent = await refunds.settled;

const migrations: { name: string }[] = await app.get(DataSource).query('SELECT name FROM migrations');
const stranger = await sendWebhook(webhookUrl, { event: 'test' }, { token: 'not-the-token' });
const provider = await sendWebhook(webhookUrl, { event: 'test' }, { token: sandbox.webhookToken });
const unreadable = await sendWebhook(webhookUrl, 'not JSON', { token: '' });
const asRequired: unknown = createRequire(import.meta.url)('nestjs-payout-links');

console.log(
  JSON.stringify({
    created: {
      status: link.status,
      amount: String(link.amount),
      open: link.status === PayoutLinkStatus.PENDING,
    },
    handled: { externalId: event.link.externalId, from: event.from, to: event.to, source: event.source },
    migrations: migrations.map(({ name }) => name),
    webhooks: {
      withAWrongToken: stranger.status,
      withTheToken: provider.status,
      unreadableWithout: unreadable.status,
    },
    copiesOfTheModule: (asRequired as typeof asImported).PayoutLink === asImported.PayoutLink ? 1 : 2,
  }),
);
await app.close();
await sandbox.close();
