import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnPayoutLink, WEBHOOK_PATH, type PayoutLinkEvent } from 'nestjs-payout-links';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import { HostStage, payoutFor } from './ordinary-host.js';

const CHILD = fileURLToPath(new URL('./killed-host.mjs', import.meta.url));

const called: string[] = [];

@Injectable()
class Ledger {
  @OnPayoutLink({ events: 'requested', name: 'ledger' })
  handle({ link }: PayoutLinkEvent): void {
    called.push(link.externalId);
  }
}

let stage: HostStage;
let proxy: ProviderProxy;
let child: ChildProcess;
beforeAll(async () => {
  stage = await HostStage.open();
  proxy = await ProviderProxy.open(stage.sandbox.url);
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await proxy.close();
  await stage.close();
});

it('leaves its delivery and its task to others, which resume them within a minute', async () => {
  await stage.caller.control('webhooks', { drop: 1 });
  const { apiKey, webhookToken } = stage.sandbox;
  const options = { apiKey, webhookTokens: [webhookToken], baseUrl: proxy.url };
  const bystander = await stage.start({ options: { webhook: { process: false }, recovery: false } });
  await stage.caller.control('webhooks', { drop: 1 });
  child = fork(CHILD, [JSON.stringify({ ...options, databaseUrl: stage.database.url })], {
    stdio: 'inherit',
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];

  const link = await bystander.service.create(payoutFor('order-1'));
  await stage.caller.claim(link.providerId!, '131313');
  await bystander.service.refresh(link.id);
  await once(child, 'message');
  let release = () => undefined as void;
  const released = new Promise<void>((done) => (release = done));
  proxy.beforeResponse = () => released;
  const reads = proxy.passed.length;
  const body = { event: 'payout.changed', data: { id: link.providerId, reference_id: 'order-1' } };
  await stage.post(url + WEBHOOK_PATH, JSON.stringify(body), { 'x-callback-token': webhookToken });
  await until('its read is under way', () => proxy.passed.length > reads);

  const killed = once(child, 'exit');
  child.kill('SIGKILL');
  await killed;
  release();
  for (const table of ['payout_link_delivery', 'payout_link_outbox']) {
    const [row] = await stage.database.query<{ seconds: number; lease_fence: number }>(
      `SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS seconds, lease_fence FROM ${table}`,
    );
    // Other processes poll every two and every five seconds.
    expect([table, row!.lease_fence, row!.seconds > 10, row!.seconds < 50]).toEqual([table, 1, true, true]);
    await stage.database.query(`UPDATE ${table} SET next_attempt_at = clock_timestamp()`);
  }

  const second = await stage.start({ providers: [Ledger] });
  await until('the handler was called', () => called.length > 0);
  await until(
    'the delivery is done',
    async () => (await second.service.deliveries('PROCESSED')).length === 1,
  );
  expect(called).toEqual(['order-1']);
});
