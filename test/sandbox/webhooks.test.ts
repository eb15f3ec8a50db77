import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_WEBHOOK_TOKEN, startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from './sandbox.caller.js';
import { startReceiver, type Receiver } from './webhook.receiver.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('webhooks', () => {
  let receiver: Receiver;
  let sandbox: Sandbox;
  let caller: SandboxCaller;

  beforeEach(async () => {
    receiver = await startReceiver();
    sandbox = await startSandbox({ webhookUrl: receiver.url });
    caller = new SandboxCaller(sandbox);
  });
  afterEach(async () => {
    await sandbox.close();
    await receiver.close();
  });

  async function ended(accountNumber?: string): Promise<string> {
    const { id } = await caller.create();
    await caller.claim(id, accountNumber);
    await caller.advance(1_000);
    return id;
  }

  it('report a success', async () => {
    const id = await ended();
    const link = await caller.read(id);
    expect(receiver.received).toHaveLength(1);
    const { headers, body } = receiver.received[0]!;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-callback-token': SANDBOX_WEBHOOK_TOKEN,
      'webhook-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(body).toEqual({
      event: 'disbursement.completed',
      business_id: expect.stringMatching(/^[0-9a-f]{24}$/),
      created: link.completed_timestamp,
      data: {
        id,
        reference_id: link.external_id,
        amount: 23_000,
        currency: 'IDR',
        status: 'SUCCEEDED',
        created: link.created,
        updated: link.completed_timestamp,
      },
    });
  });

  it('report a failure and its code', async () => {
    const id = await ended('999999');
    expect(receiver.received.map(({ body }) => body)).toEqual([
      expect.objectContaining({
        event: 'disbursement.failed',
        data: expect.objectContaining({ id, status: 'FAILED', failure_code: 'REJECTED_BY_CHANNEL' }),
      }),
    ]);
  });

  it('are silent about expiry, voids and reversals', async () => {
    const voided = await caller.create();
    await caller.request('POST', `/payouts/${voided.id}/void`);
    await caller.create();
    await ended('654321');
    await caller.advance(4 * 24 * HOUR_MS);
    expect(receiver.received.map(({ body }) => body.event)).toEqual(['disbursement.completed']);
  });

  it('are retried six times on the sandbox’s clock, with the same id and body', async () => {
    receiver.respondWith = 503;
    await ended();
    const start = Date.parse(receiver.received[0]!.body.created);
    const arrivals = [];
    let count = 1;
    for (const after of [15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS]) {
      await caller.control('clock', { now: new Date(start + after - 1_000).toISOString() });
      arrivals.push(receiver.received.length - count);
      await caller.control('clock', { now: new Date(start + after).toISOString() });
      arrivals.push(receiver.received.length - count);
      count = receiver.received.length;
    }
    expect(arrivals).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    await caller.advance(10 * 24 * HOUR_MS);
    expect(receiver.received).toHaveLength(7);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('are retried within one long move of the clock, until they are taken', async () => {
    receiver.respondWith = 500;
    await ended();
    await caller.advance(2 * HOUR_MS);
    expect(receiver.received).toHaveLength(3);
    receiver.respondWith = 204;
    await caller.advance(48 * HOUR_MS);
    expect(receiver.received).toHaveLength(4);
  });

  it('are retried when no receiver listens, with the current address and token', async () => {
    await caller.control('webhooks', { url: 'http://127.0.0.1:9/none' });
    await ended();
    const settings = await caller.control('webhooks', { url: receiver.url, token: 'rotated' });
    expect(settings).toEqual({
      url: receiver.url,
      token: 'rotated',
      drop: 0,
      duplicate: 0,
      shuffle: false,
      delayMs: 0,
    });
    expect(receiver.received).toHaveLength(0);
    await caller.advance(15 * MINUTE_MS);
    expect(receiver.received.map(({ headers }) => headers['x-callback-token'])).toEqual(['rotated']);
  });

  it('do not affect the provider routes when the receiver never responds', async () => {
    receiver.respondWith = 'silence';
    for (let index = 0; index < 60; index += 1) await caller.claim((await caller.create()).id);
    const { id } = await caller.create();
    await caller.claim(id);
    let link = await caller.read(id);
    while (link.status === 'REQUESTED') link = await caller.read(id);
    expect(link.status).toBe('SUCCEEDED');
    await caller.control('reset', {});
  });

  it('can be dropped for good', async () => {
    await caller.control('webhooks', { drop: 1 });
    await ended();
    await caller.advance(48 * HOUR_MS);
    expect(receiver.received).toHaveLength(0);
  });

  it('can come twice with one id', async () => {
    await caller.control('webhooks', { duplicate: 1 });
    await ended();
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[0]).toMatchObject({ body: receiver.received[1]!.body });
    expect(receiver.received[0]!.headers['webhook-id']).toBe(receiver.received[1]!.headers['webhook-id']);
  });

  it('can come late', async () => {
    await caller.control('webhooks', { delayMs: HOUR_MS });
    await ended();
    await caller.advance(HOUR_MS - 1_000);
    expect(receiver.received).toHaveLength(0);
    await caller.advance(1_000);
    expect(receiver.received).toHaveLength(1);
  });

  it('can come in another order than they happened', async () => {
    await caller.control('webhooks', { shuffle: true, delayMs: MINUTE_MS });
    const happened = [];
    for (let index = 0; index < 30; index += 1) {
      const link = await caller.create();
      happened.push(link.external_id);
      await caller.claim(link.id);
    }
    await caller.advance(2 * MINUTE_MS);
    const arrived = receiver.received.map(({ body }) => body.data.reference_id);
    expect(arrived).not.toEqual(happened);
    expect(arrived).toHaveLength(happened.length);
    expect(new Set(arrived)).toEqual(new Set(happened));
  });

  it('manage a thousand deliveries in one move of the clock', async () => {
    await caller.control('webhooks', { delayMs: MINUTE_MS });
    for (let batch = 0; batch < 20; batch += 1) {
      await Promise.all(Array.from({ length: 50 }, async () => caller.claim((await caller.create()).id)));
    }
    await caller.advance(2 * MINUTE_MS);
    expect(new Set(receiver.received.map(({ body }) => body.data.id)).size).toBe(1_000);
  });
});
