import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { PayoutLink, PayoutLinksService } from 'nestjs-payout-links';
import { sendWebhook, signWebhook } from 'nestjs-payout-links/testing';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { AppModule } from './app.module';
import { Refunds } from './refunds';

describe('refunds, in the Jest that `nest new` set up', () => {
  let sandbox: Sandbox;
  let app: INestApplication;
  let webhookUrl: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    const module = await Test.createTestingModule({
      imports: [AppModule.with(process.env.DATABASE_URL, sandbox)],
    }).compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    webhookUrl = `${await app.getUrl()}/webhooks/xendit/payout-links`;
  }, 30_000);
  afterAll(async () => {
    await app?.close();
    await sandbox?.close();
  });

  it('creates a link by the service that the module gives', async () => {
    const link = await app.get(Refunds).refund('of-the-spec', 25_000n);
    expect(link).toBeInstanceOf(PayoutLink);
    expect(await app.get(PayoutLinksService).get(link.id)).toMatchObject({
      status: 'PENDING',
      amount: 25_000n,
    });
  });

  it('calls the method at the end of a refund', async () => {
    const print = (path: string, body: object) =>
      fetch(`${sandbox.url}/_sandbox/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await print('webhooks', { url: webhookUrl });
    const { providerId } = await app.get(Refunds).refund('that-is-claimed', 25_000n);
    await print('claims', { id: providerId, accountNumber: '121212' });
    expect(await app.get(Refunds).settled).toMatchObject({
      to: 'FAILED',
      link: { externalId: 'refund-that-is-claimed', failureCode: 'INVALID_DESTINATION' },
    });
  });

  it('takes a webhook with the right token only', async () => {
    const body = { event: 'test' };
    expect(signWebhook(body, { token: 'a' })).toMatchObject({ 'x-callback-token': 'a' });
    expect(await sendWebhook(webhookUrl, body, { token: sandbox.webhookToken })).toMatchObject({
      status: 200,
    });
    expect(await sendWebhook(webhookUrl, body, { token: 'another' })).toMatchObject({ status: 401 });
  });
});
