import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS, type PayoutLink, type PayoutLinksOptions } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';

describe('the inbox of webhook deliveries', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let proxy: ProviderProxy;
  let caller: SandboxCaller;
  const hosts: Host[] = [];
  beforeEach(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox();
    proxy = await ProviderProxy.open(sandbox.url);
    caller = new SandboxCaller(sandbox);
    await caller.control('webhooks', { drop: 1 });
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
    await proxy.close();
    await sandbox.close();
    await database.drop();
  });

  const start = async (options: Partial<PayoutLinksOptions> = {}): Promise<Host> => {
    const host = await startHost({
      databaseUrl: database.url,
      sandbox,
      options: { baseUrl: proxy.url, ...options },
    });
    hosts.push(host);
    return host;
  };
  const create = (host: Host, externalId: string) =>
    host.service.create({ externalId, amount: 60_000, email: 'siti@example.com' });
  const deliver = async (
    host: Host,
    link: PayoutLink,
    status: string,
    webhookId?: string,
  ): Promise<number> => {
    const response = await fetch(host.webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-callback-token': sandbox.webhookToken,
        ...(webhookId !== undefined && { 'webhook-id': webhookId }),
      },
      body: JSON.stringify({
        event: 'disbursement.completed',
        data: { id: link.providerId, reference_id: link.externalId, status, amount: 60_000 },
      }),
    });
    return response.status;
  };
  const inbox = () =>
    database.query<{ status: string; attempts: number; received_count: number; last_error: string | null }>(
      'SELECT status, attempts, received_count, last_error FROM payout_link_delivery ORDER BY id',
    );
  const dueNow = () => database.query('UPDATE payout_link_delivery SET next_attempt_at = clock_timestamp()');
  const reads = () => proxy.passed.filter(({ method }) => method === 'GET').length;

  it('sends a later read for deliveries that arrive during a read, shared among all of them', async () => {
    const host = await start();
    const link = await create(host, 'order-1');
    let release = () => undefined as void;
    const released = new Promise<void>((done) => (release = done));
    proxy.beforeResponse = () => released;
    await deliver(host, link, 'PENDING', 'first');
    await until('the first read, which still finds it pending', () => reads() === 1);
    await caller.claim(link.providerId!);
    await caller.advance(1_000);
    for (let index = 0; index < 5; index += 1) await deliver(host, link, 'SUCCEEDED', `later-${index}`);
    await until('all of them stored', async () => (await inbox()).length === 6);
    release();
    await until('all of them processed', async () =>
      (await inbox()).every(({ status }) => status === 'PROCESSED'),
    );
    expect(await host.service.get(link.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(reads()).toBeLessThanOrEqual(3);
  });

  it('makes a delivery a dead letter after five attempts, and processes it when it is sent again', async () => {
    const host = await start();
    const link = await create(host, 'order-2');
    await deliver(host, link, 'SUCCEEDED', 'too-early');
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await until(`attempt ${attempt}`, async () => (await inbox())[0]!.attempts === attempt);
      await until('its end', async () => (await inbox())[0]!.last_error !== null);
      if (attempt === 5) break;
      await database.query(
        'UPDATE payout_link_delivery SET next_attempt_at = clock_timestamp(), last_error = NULL',
      );
      await deliver(host, link, 'PENDING', `wakes-${attempt}`);
    }
    const [aside] = await until('dead letter', async () => {
      const deliveries = await host.service.deliveries('DEAD');
      return deliveries.length > 0 && deliveries;
    });
    expect(aside).toMatchObject({ attempts: 5, lastError: expect.stringContaining('still says PENDING') });
    expect(reads()).toBeLessThan(20);

    await caller.claim(link.providerId!);
    await caller.advance(1_000);
    await deliver(host, link, 'SUCCEEDED', 'too-early');
    await until('success', async () => (await host.service.get(link.id)).status === 'SUCCEEDED');
    const done = await until('finished', async () => {
      const [row] = await inbox();
      return row!.status === 'PROCESSED' && row;
    });
    expect(done).toMatchObject({ received_count: 2 });
  });

  it('keeps what matches no link, and finds its link when it is sent again', async () => {
    const host = await start();
    const other = await startSandbox();
    const stranger = { providerId: 'p-1', externalId: 'order-3' } as PayoutLink;
    expect(await deliver(host, stranger, 'SUCCEEDED', 'early-bird')).toBe(200);
    await until('unmatched', async () => (await host.service.deliveries('UNMATCHED')).length === 1);
    const link = await create(host, 'order-3');
    await caller.claim(link.providerId!);
    await caller.advance(1_000);
    expect(await deliver(host, stranger, 'SUCCEEDED', 'early-bird')).toBe(200);
    await until('matched', async () => (await host.service.get(link.id)).status === 'SUCCEEDED');
    expect(await inbox()).toHaveLength(1);
    await other.close();
  });

  it('is processed by the next process when one was killed with deliveries in progress', async () => {
    const host = await start();
    const link = await create(host, 'order-4');
    await caller.claim(link.providerId!);
    await caller.advance(1_000);
    let release = () => undefined as void;
    const released = new Promise<void>((done) => (release = done));
    proxy.beforeResponse = () => released;
    await deliver(host, link, 'SUCCEEDED', 'in-hand');
    await until('taken', async () => (await inbox())[0]!.attempts === 1);
    // The first process never finishes: its lease expires.
    await dueNow();
    const second = await start({ baseUrl: sandbox.url });
    await until(
      'processed by the second',
      async () => (await second.service.get(link.id)).status === 'SUCCEEDED',
    );
    release();
  });

  it('accepts a delivery’s claim when the host wants no read, and never that of one about another amount', async () => {
    const host = await start({ webhook: { confirm: false } });
    const link = await create(host, 'order-5');
    await deliver(host, link, 'SUCCEEDED', 'believed');
    await until('believed', async () => (await host.service.get(link.id)).status === 'SUCCEEDED');
    expect(reads()).toBe(0);
    const dearer = await host.service.create({
      externalId: 'order-6',
      amount: 99_000,
      email: 'siti@example.com',
    });
    await deliver(host, dearer, 'SUCCEEDED', 'cheaper');
    await until('processed', async () => (await inbox()).every(({ status }) => status === 'PROCESSED'));
    expect(await host.service.get(dearer.id)).toMatchObject({ status: 'PENDING' });
    expect(await database.query('SELECT type FROM payout_link_discrepancy')).toEqual([
      { type: 'AMOUNT_MISMATCH' },
    ]);
  });

  it('deletes deliveries after the host’s retention days, but none that still waits', async () => {
    const plain = await start();
    const stranger = { providerId: 'p-1', externalId: 'stranger' } as PayoutLink;
    for (const id of ['old', 'young', 'waiting']) await deliver(plain, stranger, 'SUCCEEDED', id);
    await until('processed', async () => (await inbox()).every(({ status }) => status === 'UNMATCHED'));
    await Promise.all(hosts.splice(0).map((host) => host.close()));
    await database.query(
      `UPDATE payout_link_delivery SET received_at = received_at - interval '31 days',
         last_received_at = last_received_at - interval '31 days',
         status = CASE WHEN delivery_key = 'waiting' THEN 'RECEIVED' ELSE status END,
         next_attempt_at = clock_timestamp() + interval '1 hour'
       WHERE delivery_key <> 'young'`,
    );
    await start({ retentionDays: 30 });
    await until('the old one gone', async () => (await inbox()).length === 2);
    const left = await database.query<{ delivery_key: string }>(
      'SELECT delivery_key FROM payout_link_delivery ORDER BY id',
    );
    expect(left.map(({ delivery_key }) => delivery_key)).toEqual(['young', 'waiting']);
  });
});
